"""The jobs that simulated vendors were paid for, and the state of each as time passes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

QUEUED_SHARE = 0.2
"""The part of a job's time in which it only waits."""

LINK_MS = 24 * 3600 * 1000
"""How long a vendor serves a film."""


class State(StrEnum):
    """How a job stands, in words of no vendor."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing will change it."""
        return self not in (State.QUEUED, State.RUNNING)


class Shot(NamedTuple):
    """What a film must be: the ratio `W:H`, whole seconds, and whether there is a sound."""

    ratio: str = "16:9"
    seconds: int = 5
    audio: bool = False


class Reason(NamedTuple):
    """Why a job failed, in the vendor's words."""

    code: str
    message: str


class JobRecord(msgspec.Struct, frozen=True):
    """A job as `Simulator.jobs` shows it. `created_at` is in ms, `body` what the client sent."""

    vendor: str
    id: str
    prompt: str
    model: str
    state: str
    created_at: int
    body: dict[str, Any]
    arrived: dict[str, Any] = {}
    """The outcome of the order on its way, at vendors that pass it on: mode, seconds, tier, ratio."""


@dataclass(eq=False)
class VendorJob:
    """A job at a simulated vendor. Times are in ms; `key` is the one that it was made with."""

    vendor: str
    id: str
    key: str
    model: str
    prompt: str
    body: Mapping[str, Any]
    shot: Shot
    created_at: int
    lasts_ms: int
    callback_url: str = ""
    reason: Reason | None = None
    """Set for a job that will fail."""
    cancelled_at: int | None = None
    skew_ms: int = 0
    """How far the times that it reports are off."""
    film: Shot | None = None
    """What is really delivered, where it is not what was asked for."""
    habit: str = ""
    """The fault that stays with it, "" for none (`deliveries`)."""
    told_done: int = 0
    """How many queries were answered with done."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What only the vendor's own module knows of it."""

    @property
    def started_at(self) -> int:
        """When it leaves the queue."""
        return self.created_at + int(self.lasts_ms * QUEUED_SHARE)

    @property
    def finished_at(self) -> int:
        """When it ends, or ended."""
        return self.created_at + self.lasts_ms if self.cancelled_at is None else self.cancelled_at

    def state(self, now: int) -> State:
        """Return its state at that time."""
        if self.cancelled_at is not None:
            return State.CANCELLED
        if now < self.started_at:
            return State.QUEUED
        if now < self.finished_at:
            return State.RUNNING
        return State.FAILED if self.reason else State.SUCCEEDED

    def fail(self, reason: Reason, now: int) -> None:
        """Let it fail at once, unless it has ended."""
        if not self.state(now).ended:
            self.reason, self.lasts_ms = reason, now - self.created_at

    def finish(self, now: int) -> None:
        """Let it be done at once, unless it has ended."""
        if not self.state(now).ended:
            self.lasts_ms = now - self.created_at

    def skewed(self, ms: int) -> VendorJob:
        """Return it with other times, as a vendor with a wrong clock reports them."""
        return replace(self, skew_ms=self.skew_ms + ms)

    def told(self, at: int) -> int:
        """Return a time as the vendor reports it."""
        return at + self.skew_ms


class JobTable:
    """The jobs of one vendor. Safe to use from several threads."""

    def __init__(self) -> None:
        self._all: list[VendorJob] = []
        self._known: dict[str, VendorJob] = {}
        self._lock = threading.Lock()

    def accept(self, job: VendorJob) -> None:
        """Take a job: from here on it is paid for."""
        with self._lock:
            self._all.append(job)
            self._known[job.id] = job

    def find(self, job_id: str) -> VendorJob | None:
        """Return a job that the vendor still knows."""
        return self._known.get(job_id)

    def remove(self, job: VendorJob) -> None:
        """Forget a job, as a vendor does when asked to; it stays paid for."""
        with self._lock:
            self._known.pop(job.id, None)

    def newest(self, key: str) -> list[VendorJob]:
        """Return what the vendor knows of the holder of a key, the newest first."""
        with self._lock:
            return [job for job in reversed(self._all) if job.key == key and job.id in self._known]

    @property
    def paid(self) -> int:
        """How many jobs were accepted."""
        return len(self._all)

    def records(self, now: int) -> list[JobRecord]:
        """Return every job that was accepted, in that order."""
        with self._lock:
            taken = list(self._all)
        return [
            JobRecord(
                j.vendor,
                j.id,
                j.prompt,
                j.model,
                j.state(now).value,
                j.created_at,
                dict(j.body),
                j.facts.get("arrived", {}),
            )
            for j in taken
        ]
