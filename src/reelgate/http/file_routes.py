"""Serves files of tasks and assets for signed links; an Authorization header is ignored."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from reelgate import limits
from reelgate.clock import Clock
from reelgate.dialects.answers import CONTACT_SHEET, LAST_FRAME, SPRITESHEET, THUMBNAIL, VIDEO
from reelgate.dialects.query import text
from reelgate.errors import FileNotFound, RangeNotSatisfiable, StoreError, Unavailable
from reelgate.fault_log import FaultLog
from reelgate.http.caller import Visitor
from reelgate.http.links import ASSET
from reelgate.http.route import A_FILE, Pass, route
from reelgate.media.links import LinkSigner
from reelgate.media.port import MediaStore
from reelgate.media.probe import Prober
from reelgate.media.sniff import Unreadable
from reelgate.tasks.assets import Asset
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)

_FILES: dict[str, tuple[str, Callable[[Task], str]]] = {
    VIDEO: ("video/mp4", lambda task: task.delivered.blob if task.delivered else ""),
    LAST_FRAME: ("image/png", lambda task: task.delivered.last_frame if task.delivered else ""),
    THUMBNAIL: ("image/webp", lambda task: task.delivered.thumbnail if task.delivered else ""),
    CONTACT_SHEET: ("image/webp", lambda task: task.delivered.contact_sheet if task.delivered else ""),
}

SIGNED = (text("expires", "When the link ends, in Unix seconds."), text("signature", "This server's own."))
"""The parameters of a signed link."""

_INPUT = re.compile("input-([0-9]{1,2})")
"""What a task was given, under the names by which the journal refers to it: vendors fetch inputs from here."""


class FileRoutes:
    """The route `/files/{id}/{name}`; an asset's id and `asset` name its file."""

    def __init__(
        self,
        *,
        store: TaskStore,
        media: MediaStore,
        prober: Prober,
        signer: LinkSigner,
        clock: Clock,
        redirect: bool = False,
        notes: bool = False,
    ) -> None:
        """`redirect`: send who asks to the keeper of the files, where that has addresses of its own.

        `notes`: write down which results were fetched whole.
        """
        self._notes = notes
        self._redirect = redirect
        self._faults = FaultLog()
        self._prober = prober
        self._store = store
        self._media = media
        self._signer = signer
        self._clock = clock

    @route("GET", "/files/{id}/{name}", Pass.LINK, answers="the file, or a range of it", gives=A_FILE, query=SIGNED)
    async def serve(self, visitor: Visitor) -> Response:
        """Serve a file, whole or one range (RFC 9110, section 14). Raises FileNotFound, LinkExpired."""
        request = visitor.request
        task_id, name = request.path_params["id"], request.path_params["name"]
        query = request.query_params
        self._signer.verify(task_id, name, query.get("expires", ""), query.get("signature", ""), now=self._clock.now())
        if name == ASSET:
            asset = await self._store.assets.get(task_id)
            return await self._send(request, f"{task_id}-{name}", *_put_by(asset))
        task = await self._store.get(task_id)
        if task is None:
            raise FileNotFound
        return await self.answer(request, task, name)

    async def answer(self, request: Request, task: Task, name: str) -> Response:
        """Answer an authorised GET or HEAD of a task's file. Raises FileNotFound."""
        if name == SPRITESHEET:
            return await self._sheet(request, task)
        fetched = task.id if self._notes and name == VIDEO else ""
        return await self._send(request, f"{task.id}-{name}", *_kept(task, name), fetched=fetched)

    async def _sheet(self, request: Request, task: Task) -> Response:
        """Answer with pictures of a task's video side by side, which are made when they are asked for."""
        if task.delivered is None:
            raise FileNotFound
        try:
            made = await self._prober.sheet(await self._media.local(task.delivered.blob), task.project_id)
        except (FileNotFoundError, Unreadable):
            raise FileNotFound from None
        except OSError as error:
            raise Unavailable("the sheet can't be made at the moment; try again shortly") from error
        etag = f'"{task.delivered.blob}-sheet"'
        start, stop, status = _range(request, etag, len(made))
        headers = _headers(f"{task.id}-{SPRITESHEET}", etag, (start, stop, len(made)), status)
        return Response(b"" if request.method == "HEAD" else made[start:stop], status, headers, "image/jpeg")

    async def _send(
        self, request: Request, name: str, content_type: str, digest: str, *, fetched: str = ""
    ) -> Response:
        """Answer with a file; `fetched` names the task whose result it is, where the download is recorded."""
        try:
            size = await self._media.size(digest) if digest else None
        except OSError as error:
            self._faults.error("media.unavailable", reason=str(error))
            raise Unavailable("the file is not available at the moment; try again shortly") from error
        if size is None:
            raise FileNotFound
        etag = f'"{digest}"'
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"etag": etag})
        start, stop, status = _range(request, etag, size)
        # A client that has the last byte has the others, from this call or before: but a player may begin with the end.
        fetched = fetched if stop == size and start <= size // 2 else ""
        if self._redirect and request.method == "GET":
            address = await self._media.address(digest, limits.S3_LINK_SECONDS)
            if address:
                await self._note_fetched(fetched)
                return Response(status_code=302, headers={"location": address, "cache-control": "no-store"})
        headers = _headers(name, etag, (start, stop, size), status)
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers, media_type=content_type)
        body = self._media.read(digest, start, stop)
        if fetched:
            body = self._noted(body, fetched)
        return StreamingResponse(body, status, headers, content_type)

    async def _noted(self, body: AsyncIterator[bytes], task_id: str) -> AsyncIterator[bytes]:
        async for chunk in body:
            yield chunk
        await self._note_fetched(task_id)

    async def _note_fetched(self, task_id: str) -> None:
        if task_id:
            try:
                await self._store.files.note_download(task_id, at=self._clock.now())
            except StoreError as error:  # it stays longer, which costs room only
                self._faults.error("download.unnoted", task=task_id, reason=error.why)


def _headers(name: str, etag: str, part: tuple[int, int, int], status: int) -> dict[str, str]:
    """Return the headers of a file, or of a part of it: first byte, end (exclusive) and size of the whole."""
    start, stop, size = part
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=3600",
        "content-disposition": f'inline; filename="{name}"',
        "content-length": str(stop - start),
        "etag": etag,
        "x-content-type-options": "nosniff",
    }
    return headers | ({"content-range": f"bytes {start}-{stop - 1}/{size}"} if status == 206 else {})


def _kept(task: Task, name: str) -> tuple[str, str]:
    """Return the type and the digest of a task's file, "" for both if there is none of that name."""
    asked = _INPUT.fullmatch(name)
    if asked is not None:
        found = task.request.media[int(asked[1]) : int(asked[1]) + 1]
        return next(((m.facts.content_type, m.blob) for m in found if m.facts), ("", ""))
    known, pick = _FILES.get(name, ("", lambda _: ""))
    return known, pick(task)


def _put_by(asset: Asset | None) -> tuple[str, str]:
    """Return the type and the digest of an asset's file, "" for both if there is none."""
    return (asset.facts.content_type, asset.blob) if asset and asset.facts and asset.blob else ("", "")


def digest_of(task: Task, name: str) -> str:
    """Return the digest of a task's file, "" if there is none of that name."""
    return _kept(task, name)[1]


def digest_of_asset(asset: Asset | None) -> str:
    """Return the digest of an asset's file, "" if there is none."""
    return _put_by(asset)[1]


def _range(request: Request, etag: str, size: int) -> tuple[int, int, int]:
    """Return first byte, end (exclusive) and status.

    A range that can't be read, or an old one, gives it all; one means something to a GET only.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", "")) if request.method == "GET" else None
    if asked is None or request.headers.get("if-range", etag) != etag:
        return 0, size, 200
    first, last = asked.groups()
    if not first and not last:
        return 0, size, 200
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
    if start >= stop:
        raise RangeNotSatisfiable(size)
    return start, stop, 206
