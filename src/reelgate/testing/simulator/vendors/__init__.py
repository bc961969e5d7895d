"""The vendors that can be simulated: each module here with a `VENDOR` is one, and new-api with each of its channels."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from reelgate.testing.simulator import new_api
from reelgate.testing.simulator.vendor import Vendor

_FOUND = [importlib.import_module(f"{__name__}.{module.name}").VENDOR for module in pkgutil.iter_modules(__path__)]

VENDORS: Mapping[str, Vendor] = {vendor.name: vendor for vendor in (*_FOUND, *new_api.VENDORS)}
"""Every vendor by its name."""
