"""What vendors say beside the state of a job: lengths that may be no numbers, ids that may be another job's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from reelgate.providers.port import Unrecognized

_LONGEST = 1e9


def seconds_told(*values: Any) -> float:
    """Return the first of some values that is a length in seconds, 0 where none is: text, nonsense, nothing."""
    return next((float(value) for value in values if type(value) in (int, float) and _is_length(value)), 0.0)


def first_address(values: Iterable[Any]) -> str:
    """Return the first address of some values, "" where there is none."""
    return next((value for value in values if isinstance(value, str) and value.startswith(("http://", "https://"))), "")


def of_another(ref: str, *told: Any) -> Unrecognized | None:
    """Return the verdict on an answer that names jobs and not the one that was asked about; None for any other.

    A relay that mixes up its answers must not end a job with what became of another's.
    """
    names = [str(name) for name in told if type(name) in (str, int) and name != ""]
    return Unrecognized("an answer about another job") if names and ref not in names else None


def _is_length(value: float) -> bool:
    return math.isfinite(value) and 0 < value < _LONGEST
