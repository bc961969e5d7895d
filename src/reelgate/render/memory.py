"""What a render process gives back of memory between scenes."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Return to the kernel what a scene took: the next one's peak would stand on what is left in pieces of it."""
    gc.collect()  # a painted scene refers to itself, and its pictures are large
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # glibc's
            trim(0)
