"""What vendors report besides a job's state: lengths, which may not be numbers."""

from __future__ import annotations

import math
from typing import Any

_LONGEST = 1e9


def seconds_told(*values: Any) -> float:
    """Return the first of some values that is a length in seconds, 0 if none is: text, nonsense, nothing."""
    return next((float(value) for value in values if type(value) in (int, float) and _is_length(value)), 0.0)


def _is_length(value: float) -> bool:
    return math.isfinite(value) and 0 < value < _LONGEST
