"""Filters of a list of tasks or a stream of events, as query parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def parameters(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters as parameters: `metadata` becomes one for each note, what is None is left out."""
    found = {name: value for name, value in filters.items() if name != "metadata" and value is not None}
    return found | {f"metadata[{name}]": value for name, value in (filters.get("metadata") or {}).items()}
