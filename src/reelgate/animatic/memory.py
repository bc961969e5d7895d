"""What a render process keeps of memory between scenes. Clearing fresh pages is slow, and old ones in pieces add up."""

from __future__ import annotations

import ctypes
import gc
import sys

HELD_BYTES = 64 << 20
"""What a waiting process already has for its first scene: the kernel needs 30 ms to clear so much."""


def give_back() -> None:
    """Return to the kernel what a scene took: the next one's peak would stand on what is left in pieces of it."""
    gc.collect()  # a painted scene refers to itself, and its pictures are large
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # glibc's
            trim(0)


def hold() -> None:
    """Have the memory of a first scene, cleared, in the allocator's hands."""
    held = [b"\1" * (HELD_BYTES // 4) for _ in range(4)]
    del held
