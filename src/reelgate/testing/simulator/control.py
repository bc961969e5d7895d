"""The simulator's own address, by which clients in other processes and languages steer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from reelgate.clock import Clock
from reelgate.testing.simulator.faults import Faults
from reelgate.testing.simulator.jobs import JobTable
from reelgate.testing.simulator.script import entry

NAME = "simulator"


class Control:
    """`GET /simulator/jobs`, `POST /simulator/faults` with one fault as in a script, `DELETE /simulator/faults`."""

    def __init__(self, tables: Mapping[str, JobTable], faults: Faults, clock: Clock) -> None:
        self.calls: Counter[str] = Counter()
        """The calls of each kind that came, as `vendor operation`."""
        self._tables = tables
        self._faults = faults
        self._clock = clock

    def answer(self, method: str, path: str, body: Any) -> tuple[Any, int]:
        """Return the answer's JSON and status."""
        if (method, path) == ("GET", "jobs"):
            now = self._clock.now()
            jobs = [record for table in self._tables.values() for record in table.records(now)]
            paid = {name: table.paid for name, table in self._tables.items()}
            return {"jobs": jobs, "paid": paid, "calls": self.calls}, 200
        if (method, path) == ("DELETE", "faults"):
            self._faults.mend()
            return {}, 200
        if (method, path) == ("POST", "faults"):
            return self._add(body)
        return {"error": f"nothing here; there are /{NAME}/jobs and /{NAME}/faults"}, 404

    def _add(self, body: Any) -> tuple[Any, int]:
        try:
            fault = entry(body, self._tables)
        except ValueError as error:
            return {"error": str(error)}, 400
        self._faults.add(fault.vendor, fault.operation, fault.kind, times=fault.times, share=fault.share)
        return {}, 200
