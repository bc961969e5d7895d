"""The states of a task and the only moves between them, as data.

The store guards every move with its source state; the diagram in the docs and the tests are made from `EDGES`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where a task is."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    RUNNING = "running"
    COLLECTING = "collecting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether its client sees an end. Only a parked submission that was made after all moves it again."""
        return self in ENDS


ENDS = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED})


class Settlement(StrEnum):
    """What a move does with the money that the task holds."""

    KEEP = "keep"
    CAPTURE = "capture"
    RELEASE = "release"
    LATE = "late"


class Edge(NamedTuple):
    """One permitted move; `name` is what the event row says."""

    name: str
    source: State
    target: State
    why: str
    settlement: Settlement = Settlement.KEEP


_S = State
_RELEASE = Settlement.RELEASE

EDGES: tuple[Edge, ...] = (
    Edge("stage", _S.QUEUED, _S.QUEUED, "inputs that came late are now in our own keeping"),
    Edge("reroute", _S.QUEUED, _S.QUEUED, "another account takes it"),
    Edge("submit", _S.QUEUED, _S.SUBMITTING, "an attempt is written down before the provider is called"),
    Edge("accept", _S.SUBMITTING, _S.RUNNING, "the provider took the job"),
    Edge("put_back", _S.SUBMITTING, _S.QUEUED, "the job certainly did not reach the provider"),
    Edge("lose_sight", _S.SUBMITTING, _S.UNKNOWN, "it is unknown whether the provider took the job"),
    Edge("adopt", _S.UNKNOWN, _S.RUNNING, "the job was found at the provider"),
    Edge("disown", _S.UNKNOWN, _S.QUEUED, "the job is proven not to be at the provider"),
    Edge("deliver", _S.RUNNING, _S.COLLECTING, "the provider finished; its file is being taken over"),
    Edge("lose_render", _S.RUNNING, _S.QUEUED, "a render of our own was interrupted; it is made again, at no cost"),
    Edge("go_on", _S.COLLECTING, _S.QUEUED, "a part of the video is made; the next part extends it"),
    Edge("finish", _S.COLLECTING, _S.SUCCEEDED, "the file is ours and measured", Settlement.CAPTURE),
    Edge("lose_file", _S.COLLECTING, _S.QUEUED, "a render of our own was lost before it was stored"),
    *(
        Edge("fail", source, _S.FAILED, "a definite verdict", _RELEASE)
        for source in (_S.QUEUED, _S.SUBMITTING, _S.UNKNOWN, _S.RUNNING, _S.COLLECTING)
    ),
    *(
        Edge("cancel", source, _S.CANCELLED, "the client cancelled it", _RELEASE)
        for source in (_S.QUEUED, _S.SUBMITTING, _S.RUNNING, _S.COLLECTING)
    ),
    Edge("cancel", _S.UNKNOWN, _S.CANCELLED, "the client cancelled it; the submission is parked", _RELEASE),
    *(
        Edge("park", source, _S.FAILED, "it could not be looked after any longer; the submission is parked", _RELEASE)
        for source in (_S.UNKNOWN, _S.RUNNING, _S.COLLECTING)
    ),
    Edge("adopt_late", _S.FAILED, _S.SUCCEEDED, "a parked submission was made after all", Settlement.LATE),
    Edge("keep_late", _S.CANCELLED, _S.CANCELLED, "a parked submission was made after all; its file is kept"),
    Edge("expire", _S.QUEUED, _S.EXPIRED, "its time ran out before any provider took it", _RELEASE),
)

_BY_NAME = {(edge.name, edge.source): edge for edge in EDGES}


def edge(name: str, source: State) -> Edge:
    """Return the move `name` out of `source`; KeyError if it does not exist (a programming error)."""
    return _BY_NAME[name, source]


def can(name: str, source: State) -> bool:
    """Tell whether a move of that name leaves `source`."""
    return (name, source) in _BY_NAME
