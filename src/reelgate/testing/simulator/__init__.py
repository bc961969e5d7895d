"""Vendors of videos, simulated: as their documents describe them, and misbehaving on request."""

from __future__ import annotations

from reelgate.testing.simulator.faults import Fault
from reelgate.testing.simulator.jobs import JobRecord
from reelgate.testing.simulator.server import Simulator

__all__ = ["Fault", "JobRecord", "Simulator"]
