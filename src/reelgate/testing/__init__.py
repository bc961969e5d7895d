"""What others may use to test against Reelgate: servers, samples, conformance checks."""

from __future__ import annotations

from reelgate.testing.dialects import check_dialect
from reelgate.testing.providers import check_provider
from reelgate.testing.simulator import Fault, Simulator
from reelgate.testing.stores import check_task_store
from reelgate.testing.vendors import check_arrival, check_vendor

__all__ = [
    "Fault",
    "Simulator",
    "check_arrival",
    "check_dialect",
    "check_provider",
    "check_task_store",
    "check_vendor",
]
