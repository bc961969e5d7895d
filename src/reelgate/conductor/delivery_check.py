"""Compares the delivered video with the order."""

from __future__ import annotations

from typing import Any

from reelgate.billing.metering import SHORT_SECONDS
from reelgate.catalog import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import size
from reelgate.request import AUTO_DURATION, Facts, Mode, VideoRequest


def differences(model: Model, request: VideoRequest, facts: Facts) -> dict[str, Any]:
    """Return how a video differs from its request, for the task's notes; empty if it does not.

    `asked_seconds` and `delivered_seconds`, `asked_size` and `delivered_size` (`1280x720`). What was left to the maker
    (an open length, the shape of a first frame) can't differ.
    """
    found: dict[str, Any] = {}
    open_length = request.duration in (0, AUTO_DURATION) or request.mode is Mode.EDIT
    if not open_length and abs(facts.seconds - request.seconds) > SHORT_SECONDS:
        found |= {"asked_seconds": request.seconds, "delivered_seconds": round(facts.seconds, 3)}
    asked, delivered = _asked_size(model, request), f"{facts.width}x{facts.height}"
    if asked not in ("", delivered):
        found |= {"asked_size": asked, "delivered_size": delivered}
    return found


def _asked_size(model: Model, request: VideoRequest) -> str:
    """Return the pixels that the request's tier and ratio stand for, "" where the maker chooses."""
    if request.order is not None:
        return f"{request.order.width}x{request.order.height}" if request.order.width else ""
    if ":" not in request.ratio or not ratio_counts(model, request):
        return ""
    try:
        width, height = size(model.shapes, request.resolution, request.ratio)
    except KeyError:  # the catalog has changed since
        return ""
    return f"{width}x{height}"
