"""Takes in a form that carries one file, `file`, onto the disk, however large it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request

from reelgate import limits
from reelgate.errors import BodyTooLarge, InvalidField, MalformedBody, Unavailable
from reelgate.fault_log import FaultLog
from reelgate.http.body import read_pieces
from reelgate.http.multipart import PartReader
from reelgate.media.disk import check_room
from reelgate.media.intake import Intake
from reelgate.request import Facts

_faults = FaultLog()

FILE = "file"
NAME = "file's name"
"""Among a form's texts: what its client calls the file."""
_MB = 1024 * 1024

Permit = Callable[[Mapping[str, str]], None]
"""Told of the form's texts when its file begins; raises ClientError unless the file may come in."""


async def receive_file(request: Request, path: Path, permit: Permit) -> dict[str, str]:
    """Write the form's file to `path` and return its texts; what stands after the file is read too.

    Raises MalformedBody, BodyTooLarge, InvalidField if there is no file, what `permit` raises, once the client
    has sent it all and so gets the answer, and Unavailable where the disk does not take it.
    """
    with keeping():
        await asyncio.to_thread(check_room, path.parent)
        with path.open("wb") as file:
            form = _Form(request.headers.get("content-type", ""), file, permit)
            await _read(request, form, path.parent)
    return form.texts


async def keep_file(intake: Intake, path: Path, check: Callable[[Facts], None], project_id: str) -> tuple[str, Facts]:
    """Probe, check and store a file that has arrived; return its blob and its facts.

    Raises MediaRefused, what `check` raises, and Unavailable where it can't be read or kept at the moment.
    """
    with keeping():
        return await intake.keep(path, FILE, check, project_id)


@contextmanager
def keeping() -> Iterator[None]:
    """Raise Unavailable if a file can't be kept at the moment, and write down why."""
    try:
        yield
    except OSError as error:
        _faults.error("upload", about=str(error), reason=str(error))
        raise Unavailable("the file can't be kept at the moment; try again shortly") from error


async def _read(request: Request, form: _Form, folder: Path) -> None:
    """Read a form whose file goes into a folder. Raises OSError where what must stay free on its disk would not."""
    size = 0

    def feed(piece: bytes) -> None:
        check_room(folder, limits.MIN_FREE_BYTES + len(piece))
        form.feed(piece)

    async def take(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if size > limits.MAX_MEDIA_BYTES + _MB:  # the file, and the form around it
            raise _too_large()
        await asyncio.to_thread(feed, piece)

    await read_pieces(request.scope, request.receive, None, take)
    form.close()


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"the file is larger than {limits.MAX_MEDIA_BYTES // _MB} MiB")


class _Form(PartReader):
    """Texts in memory, the file on the disk."""

    def __init__(self, content_type: str, file: BinaryIO, permit: Permit) -> None:
        super().__init__(content_type)
        self.texts: dict[str, str] = {}
        self._file = file
        self._permit = permit
        self._part = ""
        self._parts = 0
        self._text = bytearray()
        self._texts_bytes = 0
        self._file_bytes = -1  # no file yet

    def begin(self, name: str, filename: str | None, content_type: str) -> None:
        """A file has to be permitted by the texts before it."""
        self._part, self._text = name, bytearray()
        if name == FILE:
            if self._file_bytes >= 0:
                raise MalformedBody(f"the form has more than one {FILE}")
            self._permit(self.texts)
            self._file_bytes = 0
            self.texts[NAME] = filename or ""
        elif filename is not None:
            raise MalformedBody(f"the form's file must be called {FILE}, not {name[:60]}")
        self._parts += 1
        if self._parts > limits.MAX_UPLOAD_FIELDS:
            raise MalformedBody(f"the form has more than {limits.MAX_UPLOAD_FIELDS} fields")

    def content(self, data: bytes) -> None:
        """Count, and keep."""
        if self._part == FILE:
            self._file_bytes += len(data)
            if self._file_bytes > limits.MAX_MEDIA_BYTES:
                raise _too_large()
            self._file.write(data)
            return
        self._texts_bytes += len(data)
        if self._texts_bytes > limits.MAX_UPLOAD_FIELDS_BYTES:
            raise BodyTooLarge(f"the form's texts have more than {limits.MAX_UPLOAD_FIELDS_BYTES // 1024} KiB")
        self._text += data

    def end(self) -> None:
        """Keep a text."""
        if self._part != FILE:
            self.texts[self._part] = self._text.decode("utf-8")

    def close(self) -> None:
        """Raise MalformedBody for half a form, InvalidField for one without a file."""
        super().close()
        if self._file_bytes < 0:
            raise InvalidField.missing(FILE, "the file itself, as the form's last part")
