"""The vendors that can be simulated: each module here with a `VENDOR` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from reelgate.testing.simulator.vendor import Vendor

_FOUND = [importlib.import_module(f"{__name__}.{module.name}").VENDOR for module in pkgutil.iter_modules(__path__)]

VENDORS: Mapping[str, Vendor] = {vendor.name: vendor for vendor in _FOUND}
"""Every vendor by its name."""
