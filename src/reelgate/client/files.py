"""A file that is being downloaded: the part that is here, what it is part of, and its checksum."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import httpx2

from reelgate.client.errors import ApiError, DamagedFile

_SHA256 = re.compile(r'"([0-9a-f]{64})"')


class Download:
    """Writes `path` by way of `path.part`, from where an earlier try stopped, and replaces `path` once it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(path.name + ".part")
        self._tag_file = path.with_name(path.name + ".part.etag")
        self._tag = self._tag_file.read_text() if self._part.exists() and self._tag_file.exists() else ""

    @property
    def headers(self) -> dict[str, str]:
        """What asks for the rest of the same file only."""
        size = self._size
        return {"range": f"bytes={size}-", "if-range": self._tag} if size else {}

    def begin(self, answer: httpx2.Response) -> bool:
        """Read an answer's head; return whether its body is to be written. Raises ApiError, and DamagedFile if the
        answer does not continue the part that is here: stores without If-Range send the rest of whatever the link
        leads to.
        """
        if answer.status_code == 416 and _SHA256.fullmatch(self._tag):
            return False  # all of it is here, as its checksum will show
        tag = answer.headers.get("etag", "")
        begins = f"bytes {self._size}-"
        goes_on = tag == self._tag and answer.headers.get("content-range", "").startswith(begins)
        if (answer.status_code == 416 and self._tag) or (answer.status_code == 206 and not goes_on):
            self._forget()
            raise DamagedFile(f"the part of {self.path.name} that is here is of another file; download it again")
        if answer.status_code not in (200, 206):
            raise ApiError(answer.status_code, "the file's link was refused; get the task again for a fresh one")
        if answer.status_code == 200:
            self._part.write_bytes(b"")
        self._tag = tag
        self._tag_file.write_text(self._tag)
        return True

    def write(self, chunk: bytes) -> None:
        """Add a piece."""
        with self._part.open("ab") as opened:
            opened.write(chunk)

    def finish(self) -> Path:
        """Check the whole and put it in its place. Raises DamagedFile; nothing is kept of what is damaged."""
        told = _SHA256.fullmatch(self._tag)
        damaged = False
        if told:
            with self._part.open("rb") as opened:
                damaged = hashlib.file_digest(opened, "sha256").hexdigest() != told[1]
        if damaged:
            self._forget()
            raise DamagedFile(f"{self.path.name} does not fit its checksum; download it again")
        self._tag_file.unlink(missing_ok=True)
        return self._part.replace(self.path)

    @property
    def _size(self) -> int:
        """How much is here of the file that the tag names."""
        return self._part.stat().st_size if self._tag else 0

    def _forget(self) -> None:
        self._tag = ""
        self._tag_file.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)
