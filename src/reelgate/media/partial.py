"""Transfers that resume where they broke off, and what shows that both parts, and the whole, are the server's file."""

from __future__ import annotations

import base64
import hashlib
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

RawHeaders = Sequence[tuple[bytes, bytes]]


class Begun(NamedTuple):
    """What is here of a file: its bytes, and the mark by which the server knows that version ("": it gave none)."""

    size: int = 0
    mark: str = ""

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return how the rest is asked for; a server that has another version by now sends that from its start."""
        if not self.size:
            return ()
        wanted = (("Range", f"bytes={self.size}-"),)
        return (*wanted, ("If-Range", self.mark)) if self.mark else wanted

    def goes_on(self, headers: RawHeaders) -> bool:
        """Whether a partial answer is the rest of it, as far as its headers tell."""
        start = _header(headers, b"content-range").removeprefix("bytes ").partition("-")[0].strip()
        mark = _header(headers, b"etag")
        return start in ("", str(self.size)) and (not self.mark or mark in ("", self.mark))


def begun(path: Path) -> Begun:
    """Return what is here of a transfer to `path`. Blocks."""
    if not path.exists():
        return Begun()
    kept = _mark_file(path)
    return Begun(path.stat().st_size, kept.read_text() if kept.exists() else "")


def note_start(path: Path, headers: RawHeaders) -> None:
    """Begin a transfer to `path` from its start, and write down the version of the file. Blocks."""
    forget(path)
    mark = _header(headers, b"etag")
    if mark.startswith('"'):  # a weak one does not promise the same bytes
        _mark_file(path).write_text(mark)


def forget(path: Path) -> None:
    """Remove what is here of a transfer. Blocks."""
    path.unlink(missing_ok=True)  # first: bytes must never stand beside a mark that is not theirs
    _mark_file(path).unlink(missing_ok=True)


def forget_old(folder: Path, seconds: float) -> None:
    """Remove the transfers (`*.part`) that were written to last longer ago than that. Blocks; raises OSError."""
    oldest = time.time() - seconds
    for left in (*folder.glob("*.part"), *folder.glob("*.part.mark")):
        if left.stat().st_mtime < oldest:
            left.unlink(missing_ok=True)
    for folder_left in folder.glob("*.remade"):  # of a film that a killed server was putting into an MP4
        if folder_left.stat().st_mtime < oldest:
            shutil.rmtree(folder_left, ignore_errors=True)


def checksum(headers: RawHeaders) -> str:
    """Return the server's checksum of the whole file (`Content-MD5`), "" if it sends none."""
    return _header(headers, b"content-md5")


def fits(path: Path, told: str) -> bool:
    """Whether a file has that `checksum`. Blocks."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, _md5).digest()
    return base64.b64encode(found).decode() == told


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _mark_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.mark")


def _header(headers: RawHeaders, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")
