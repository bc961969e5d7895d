"""Inputs that a project stores on the server and can use in any number of orders."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import Any

from reelgate.client._async.transport import AsyncTransport
from reelgate.client.addresses import path_segment
from reelgate.client.errors import Conflict, NotFound
from reelgate.client.media import opened
from reelgate.client.shapes import DELETED, FILE, header

Json = dict[str, Any]

RESUMABLE = "/v1/files/resumable"
PIECE_BYTES = 8 * 1024 * 1024
"""The size of a piece; a smaller file is sent as a form."""
_TUS = {"tus-resumable": "1.0.0"}
_PLACE = re.compile(r".*[^/]")
_OFFSET = re.compile(r"[0-9]{1,18}")


class AsyncFiles:
    """`client.files`: every method raises ApiError, Unreachable."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def upload(self, item: Any) -> Json:
        """Send a picture, clip or sound: a path, bytes, an open file or a PIL image. Raises OSError, TypeError.

        A large one is sent in pieces, and resumes after a break, also in a later run of the program.

        Every order takes the answer's `url` as an address: `image=kept["url"]`.
        """
        name, file, size = opened(item)
        with file:
            if size > PIECE_BYTES:
                return await self._resumed(name, file, size)
            file.seek(0)
            form = {"file": (name, file.read(), "application/octet-stream")}
        parts: Json = {"files": form, "data": {"purpose": "user_data"}}
        return _named(await self._transport.call("POST", "/v1/files", FILE, safe=False, **parts))

    async def _resumed(self, name: str, file: io.BufferedIOBase, size: int) -> Json:
        """Send a large file piece by piece, from where an earlier try of the same file ended."""
        file.seek(0)
        told = {
            "upload-length": str(size),
            "upload-metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "idempotency-key": _sha256(file),
        }
        answer = await self._transport.answer("POST", RESUMABLE, headers={**_TUS, **told})
        file_id = header(answer, "location", _PLACE).rpartition("/")[2]
        path = f"{RESUMABLE}/{path_segment(file_id)}"
        offset = int(header(answer, "upload-offset", _OFFSET))
        while offset < size:
            file.seek(offset)
            piece = file.read(PIECE_BYTES)
            headers = {**_TUS, "upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
            try:
                answer = await self._transport.answer("PATCH", path, content=piece, headers=headers)
            except Conflict:  # its answer was lost
                answer = await self._transport.answer("HEAD", path, headers=_TUS)
            except NotFound:  # the last one's was, and the file is there
                break
            offset = int(header(answer, "upload-offset", _OFFSET))
        return await self.get(file_id)

    async def get(self, file_id: str) -> Json:
        """Return a file's metadata. Raises NotFound."""
        return _named(await self._transport.call("GET", f"/v1/files/{path_segment(file_id)}", FILE))

    async def delete(self, file_id: str) -> None:
        """Remove a file; videos that were made with it stay."""
        await self._transport.call("DELETE", f"/v1/files/{path_segment(file_id)}", DELETED)


def _sha256(file: io.BufferedIOBase) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _named(found: Json) -> Json:
    return {**found, "url": f"asset://{found['id']}"}
