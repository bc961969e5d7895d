"""DashScope's own words for a task and its bill, which a reseller passes on."""

from __future__ import annotations

from typing import Any

from reelgate.request import MediaKind, Output
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

STATUSES = {
    "PENDING": (State.QUEUED, State.SUBMITTING),
    "RUNNING": (State.UNKNOWN, State.RUNNING, State.COLLECTING),
    "SUCCEEDED": (State.SUCCEEDED,),
    "FAILED": (State.FAILED, State.EXPIRED),
    "CANCELED": (State.CANCELLED,),
}
"""The status words, and the states that each stands for. A task that does not exist is UNKNOWN."""

WORDS = {state: word for word, states in STATUSES.items() for state in states}

_LINES = {"2k": 1440, "4k": 2160}  # tiers that do not say their own height


def lines(tier: str) -> int:
    """Return the height that a tier is named for."""
    return _LINES.get(tier) or int(tier.removesuffix("p"))


def usage(task: Task, made: Output) -> dict[str, Any]:
    """Return what a finished video is billed by: the seconds that came in and went out."""
    clips = [item.facts.seconds for item in task.request.media if item.kind is MediaKind.VIDEO and item.facts]
    taken = round(sum(clips))
    return {
        "SR": lines(task.request.resolution),
        "duration": taken + made.duration,
        "input_video_duration": taken,
        "output_video_duration": made.duration,
        "ratio": made.ratio,
        "video_count": 1,
    }
