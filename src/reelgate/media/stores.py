"""Which media store an address names."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from reelgate import limits
from reelgate.media.disk import DiskStore
from reelgate.media.moving import MovingStore
from reelgate.media.port import MediaStore

_CACHE = "cache"


def store_at(place: str, cache: Path) -> MediaStore:
    """Return the store at a folder or at `s3://bucket/prefix`, not yet opened; `cache` is for files of a bucket.

    Raises ValueError for another address, ModuleNotFoundError where the extra is not installed.
    """
    if "://" not in place:
        return DiskStore(Path(place))
    from reelgate.media.bucket import Bucket  # an extra

    return Bucket(place, cache)


def media_of(data: Path, place: str) -> MediaStore:
    """Return the store of a server: its folder's own, unless `place` names another, which then grows into its stead."""
    own = data / "media"
    if not place:
        return DiskStore(own)
    store = store_at(place, data / _CACHE)
    return MovingStore(store, DiskStore(own)) if own.exists() else store


async def tidy_cache(data: Path, most: int = limits.S3_CACHE_BYTES, least_seconds: float = 3600.0) -> None:
    """Remove a bucket's files from this disk that were used the longest ago, until no more than `most` bytes are here.

    What was used within `least_seconds` stays.
    """
    await asyncio.to_thread(_tidy, data / _CACHE, most, least_seconds)


def _tidy(folder: Path, most: int, least_seconds: float) -> None:
    files = sorted((found.stat().st_mtime, found.stat().st_size, found) for found in folder.glob("?" * 64))
    total = sum(size for _, size, _ in files)
    for used, size, path in files:
        if total <= most or used > time.time() - least_seconds:
            return
        path.unlink(missing_ok=True)
        total -= size
