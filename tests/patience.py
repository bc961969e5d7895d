"""Waits for what happens in another process, which tells the test nothing of it."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 480.0


def until(done: Callable[[], bool]) -> None:
    """Look again and again, for as long as a busy machine may take; fail if it never is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
