"""The record of a batch in its folder, written before and after each step, so that a stopped batch can continue.

`batch.json` holds the batch's own id, from which each order's name follows: an order whose answer was lost is placed
again under the same name, and the server returns the task that it made. `batch.log` has a line for each step. The
folder is the batch; a new folder is another batch.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from reelgate.batch.rows import Row

WAITING, ORDERED, SAVED, FAILED, REFUSED, LEFT = "waiting", "ordered", "saved", "failed", "refused", "left"
"""The outcome of a row. A `left` row was not ordered: the budget or the account did not allow it."""

REPORT = "report.csv"
_COLUMNS = ("id", "state", "task", "file", "seconds", "seed", "price_usd", "charged_usd", "reason")
_MICROS = 1_000_000


class Entry:
    """How a row stands."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.state = WAITING
        self.task = ""
        self.order = ""
        """The name of the order, which its content decides."""
        self.attempt = 0
        self.progress = 0
        self.price = 0
        """In micros: what the order holds, or was charged; 0 once it is known that nothing will be."""
        self.sunk = 0
        """What earlier orders of the row cost, from before it was changed."""
        self.facts: dict[str, Any] = {}

    def begin(self, order: str) -> None:
        """Drop an earlier order, but keep its cost."""
        self.sunk += self.price
        self.order, self.state, self.task, self.price, self.progress, self.facts = order, WAITING, "", 0, 0, {}

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (SAVED, FAILED, REFUSED, LEFT)


class Book:
    """The record of a batch in its folder. One program at a time has it open."""

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        """Raises OSError, and ValueError if another program works in the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = (folder / "batch.lock").open("w")
        if fcntl is not None:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._lock.close()
                raise ValueError(f"another batch is running in {folder}; wait for it, or name another folder") from None
        self.id, self.resumed = self._identity()
        self.entries = [Entry(row) for row in rows]
        self._cut_off = False
        known = {entry.row.name: entry for entry in self.entries}
        for line in self._lines():
            entry = known.get(str(line.get("id")))
            if entry is not None:
                self._take(entry, line)
        self._log: IO[str] = (folder / "batch.log").open("a", encoding="utf-8")
        if self._cut_off:
            self._log.write("\n")  # or the next line would be part of it

    def close(self) -> None:
        """Let go of the folder."""
        self._log.close()
        self._lock.close()

    def path(self, entry: Entry) -> Path:
        """Return where a row's video is saved."""
        return self.folder / f"{entry.row.name}.mp4"

    def order_name(self, entry: Entry, fields: dict[str, Any]) -> str:
        """Return the name of a row's order: another one where the row says something else than before."""
        told = json.dumps([self.id, entry.row.name, entry.attempt, fields], sort_keys=True, ensure_ascii=False)
        return f"batch-{hashlib.sha256(told.encode()).hexdigest()[:48]}"

    def note(self, entry: Entry, state: str, **facts: Any) -> None:
        """Write down how a row stands now."""
        line = {"id": entry.row.name, "state": state, "order": entry.order, "attempt": entry.attempt, **facts}
        self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._log.flush()
        os.fsync(self._log.fileno())
        self._take(entry, line)

    @property
    def spent(self) -> int:
        """What all orders cost together so far, held or charged, in micros."""
        return sum(entry.sunk + entry.price for entry in self.entries)

    def report(self) -> Path:
        """Write the report, whole, and return its path."""
        path = self.folder / REPORT
        part = path.with_suffix(".part")
        with part.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, _COLUMNS)
            writer.writeheader()
            writer.writerows(self.lines())
        part.replace(path)
        return path

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the report's lines."""
        for entry in self.entries:
            facts = entry.facts
            yield {
                "id": entry.row.name,
                "state": entry.state,
                "task": entry.task,
                "file": str(self.path(entry)) if entry.state == SAVED else "",
                "seconds": facts.get("seconds", ""),
                "seed": facts.get("seed", ""),
                "price_usd": _usd(facts.get("price")),
                "charged_usd": _usd(facts.get("charged")),
                "reason": facts.get("reason", ""),
            }

    def _identity(self) -> tuple[str, bool]:
        path = self.folder / "batch.json"
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
            return str(json.loads(path.read_text())["id"]), True
        part = self.folder / "batch.json.part"
        with part.open("w") as opened:
            made = str(uuid.uuid4())
            opened.write(json.dumps({"id": made}) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(path)
        _sync(self.folder)
        return made, False

    def _lines(self) -> Iterator[dict[str, Any]]:
        with contextlib.suppress(FileNotFoundError):
            told = (self.folder / "batch.log").read_text(encoding="utf-8", errors="replace")
            self._cut_off = bool(told) and not told.endswith("\n")
            for text in told.split("\n"):
                with contextlib.suppress(ValueError):  # the last one of a run may have been cut off
                    yield json.loads(text)

    def _take(self, entry: Entry, line: dict[str, Any]) -> None:
        if line.get("order") != entry.order:
            entry.begin(str(line.get("order", "")))
        entry.attempt = int(line.get("attempt", 0))
        entry.state = line["state"]
        entry.facts |= {name: value for name, value in line.items() if name not in ("id", "state", "order", "attempt")}
        entry.task = str(entry.facts.get("task", ""))
        charged = entry.facts.get("charged")
        entry.price = int(entry.facts.get("price") or 0) if charged is None else int(charged)
        if entry.state in (REFUSED, LEFT, WAITING):
            entry.price = 0


def _usd(micros: int | None) -> str:
    return "" if micros is None else f"{micros / _MICROS:.6f}".rstrip("0").rstrip(".")


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
