"""Resumable uploads by tus 1.0, the open protocol: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import partial
from typing import Any

import structlog
from starlette.responses import Response

from reelgate import ids, limits
from reelgate.access.load_shedding import Door
from reelgate.clock import Clock
from reelgate.dialects.openai_fields import FILE_ID
from reelgate.errors import (
    AssetNotFound,
    BodyTooLarge,
    ChecksumMismatch,
    ClientError,
    InvalidField,
    OtherVersion,
    ReelgateError,
    TransferMoved,
    WrongContentType,
)
from reelgate.fault_log import FaultLog
from reelgate.http.body import read_pieces
from reelgate.http.caller import Caller, Visitor
from reelgate.http.file_form import NAME, keeping
from reelgate.http.openai_routes import OpenAIRoutes
from reelgate.http.route import Owner, Pass, route
from reelgate.media.transfers import Transfer, Transfers, Turn
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import DuplicateId

log = structlog.get_logger()
_faults = FaultLog()

PATH = "/v1/files/resumable"
VERSION = "1.0.0"
PIECES = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
_NUMBER = re.compile("[0-9]{1,15}")
_HASHES: Mapping[str, Callable[[], Any]] = {
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "md5": partial(hashlib.md5, usedforsecurity=False),
}
_TEXTS = {"filename": NAME, "purpose": "purpose", "expires_after": "expires_after[seconds]"}
"""What clients say of a file, and what a form calls that."""


class TransferRoutes:
    """The routes under `/v1/files/resumable`. An upload has the id that its file is to have."""

    def __init__(self, transfers: Transfers, things: OpenAIRoutes, clock: Clock) -> None:
        self._transfers = transfers
        self._things = things
        self._clock = clock

    @route("OPTIONS", PATH, Pass.NOTHING, answers="nothing", gives={204: None})
    async def options(self, _: Visitor) -> Response:
        """Say in headers which parts of the protocol are supported."""
        return self._answer(
            204,
            {
                "tus-version": VERSION,
                "tus-extension": EXTENSIONS,
                "tus-max-size": str(limits.MAX_MEDIA_BYTES),
                "tus-checksum-algorithm": ",".join(_HASHES),
            },
        )

    @route("POST", PATH, Scope.CREATE, door=Door.ASSETS, answers="nothing; Location names it", gives={201: None})
    async def begin(self, caller: Caller) -> Response:
        """Begin a resumable upload, or continue the one with the same Idempotency-Key."""
        said = caller.request.headers
        _check_version(said)
        length = _number(said, "upload-length", f"the file's bytes, 1 to {limits.MAX_MEDIA_BYTES}")
        if length > limits.MAX_MEDIA_BYTES:
            raise BodyTooLarge(f"the file is larger than {limits.MAX_MEDIA_BYTES // 1024**2} MiB")
        if not length:
            raise InvalidField.out_of_range("Upload-Length", 0, f"1 to {limits.MAX_MEDIA_BYTES}")
        name = said.get("idempotency-key", "")
        if len(name) > limits.MAX_IDEMPOTENCY_KEY_CHARS:
            allowed = f"at most {limits.MAX_IDEMPOTENCY_KEY_CHARS} characters"
            raise InvalidField.out_of_range("Idempotency-Key", name, allowed)
        transfer = self._transfers.named(name, caller.project_id, length) if name else None
        if transfer is None:
            transfer = await self._begun(caller.project_id, length, _texts(said.get("upload-metadata", "")), name)
        offset = await self._here(transfer)
        if offset == transfer.length:
            await self._finish(transfer)
        elif said.get("content-type") == PIECES and not offset:  # of a call that is sent again these bytes are here
            offset = await self._taken(caller, transfer, 0)
        headers = {"location": f"{caller.base}{PATH}/{transfer.id}", "upload-offset": str(offset), **caller.rates}
        return self._answer(201, headers | await self._expiry(transfer))

    @route(
        "HEAD",
        f"{PATH}/{{id}}",
        Scope.CREATE,
        owner=Owner.TRANSFER,
        answers="nothing; Upload-Offset states how much has arrived",
        gives={200: None},
    )
    async def offset(self, caller: Caller) -> Response:
        """Say how much of an upload has arrived."""
        _check_version(caller.request.headers)
        transfer = self._transfers.find(caller.request.path_params["id"], caller.project_id)
        offset = await self._here(transfer)
        if offset == transfer.length:
            await self._finish(transfer)
        headers = {"upload-offset": str(offset), "upload-length": str(transfer.length), "cache-control": "no-store"}
        return self._answer(200, headers | await self._expiry(transfer))

    @route(
        "PATCH",
        f"{PATH}/{{id}}",
        Scope.CREATE,
        owner=Owner.TRANSFER,
        answers="nothing; Upload-Offset states how much has arrived",
        gives={204: None},
        takes=PIECES,
    )
    async def add(self, caller: Caller) -> Response:
        """Add to an upload; with its last byte it becomes a file of the same id. Raises TransferMoved, MediaRefused."""
        said = caller.request.headers
        _check_version(said)
        transfer = self._transfers.find(caller.request.path_params["id"], caller.project_id)
        if said.get("content-type") != PIECES:
            raise WrongContentType(f"the Content-Type must be {PIECES}")
        offset = await self._taken(caller, transfer, _number(said, "upload-offset", "the offset that HEAD states"))
        return self._answer(204, {"upload-offset": str(offset)} | await self._expiry(transfer))

    @route("DELETE", f"{PATH}/{{id}}", Scope.CREATE, owner=Owner.TRANSFER, answers="nothing", gives={204: None})
    async def drop(self, caller: Caller) -> Response:
        """Cancel an upload, and remove what has arrived of it."""
        _check_version(caller.request.headers)
        await self._transfers.drop(self._transfers.find(caller.request.path_params["id"], caller.project_id))
        return self._answer(204, {})

    async def sweep(self) -> None:
        """Turn uploads that were complete when the server stopped into files, and remove abandoned ones."""
        for transfer in await asyncio.to_thread(self._transfers.whole):
            try:
                await self._finish(transfer)
            except ClientError:
                pass  # its client is told as soon as it asks
            except (ReelgateError, OSError) as error:  # such as a store that is away; it stays for the next time
                _faults.warning("upload.not_yet", about=str(error), file=transfer.id, reason=str(error))
        await self._transfers.sweep()

    async def _begun(self, project_id: str, length: int, texts: dict[str, str], name: str) -> Transfer:
        now = self._clock.now()
        self._things.check_upload(texts, length)
        transfer = Transfer(ids.prefixed(FILE_ID, now), project_id, length, texts, now, name)
        with keeping():
            await self._transfers.begin(transfer)
        return transfer

    async def _here(self, transfer: Transfer) -> int:
        """Return how many bytes are here, which ends the turn of the call that was adding. Raises Unavailable."""
        with keeping():
            return await self._transfers.offset(transfer)

    async def _taken(self, caller: Caller, transfer: Transfer, offset: int) -> int:
        """Add a body to an upload and return how much is here then."""
        here = await self._here(transfer)
        turn = self._transfers.turn(transfer)
        if here != offset:
            raise TransferMoved(
                f"the upload has {here} bytes, and the call starts at {offset}; query the offset with HEAD"
            )
        kind, wanted = _checksum(caller.request.headers.get("upload-checksum", ""))
        sink = _Sink(self._transfers, transfer, turn, offset, _HASHES[kind]() if kind else None)
        with keeping():
            try:
                if kind:
                    await self._transfers.doubt(transfer, turn, offset)
                await read_pieces(caller.request.scope, caller.request.receive, None, sink.take)
            except OSError:
                raise
            except BaseException:
                await self._kept(transfer, turn, offset if kind else sink.end)
                raise
        if kind and sink.digest() != wanted:
            await self._kept(transfer, turn, offset)
            raise ChecksumMismatch(f"the data does not match the call's {kind} checksum; send it again at {offset}")
        if not await self._kept(transfer, turn, sink.end) and kind:
            raise TransferMoved("another call continues this upload; query its offset with HEAD")
        if sink.end == transfer.length:
            await self._finish(transfer)
        return sink.end

    async def _kept(self, transfer: Transfer, turn: Turn, size: int) -> bool:
        """Keep what has arrived; False if another call continues the upload."""
        with keeping():
            return await self._transfers.keep(transfer, turn, size)

    async def _finish(self, transfer: Transfer) -> None:
        """Make a file of what is whole. Raises MediaRefused, after which nothing is left of it, and Unavailable."""
        async with self._transfers.lock(transfer):
            try:
                self._transfers.find(transfer.id, transfer.project_id)
            except AssetNotFound:  # another call was quicker
                return
            refusal: ReelgateError | None = None
            try:
                await self._things.keep_upload(
                    self._transfers.path(transfer), transfer.texts, transfer.project_id, transfer.id
                )
            except DuplicateId:
                log.info("upload.again", file=transfer.id)  # the server stopped before this was forgotten
            except ClientError as error:
                refusal = error
        await self._transfers.drop(transfer)
        if refusal is not None:
            raise refusal

    async def _expiry(self, transfer: Transfer) -> dict[str, str]:
        until = await asyncio.to_thread(self._transfers.expires_at, transfer)
        return {"upload-expires": formatdate(until / 1000, usegmt=True)}

    def _answer(self, status: int, headers: Mapping[str, str]) -> Response:
        return Response(status_code=status, headers={"tus-resumable": VERSION, **headers})


class _Sink:
    """Writes a body to an upload, up to its length."""

    def __init__(self, transfers: Transfers, transfer: Transfer, turn: Turn, offset: int, hashed: Any) -> None:
        self._transfers = transfers
        self._transfer = transfer
        self._turn = turn
        self._hashed = hashed
        self.end = offset

    async def take(self, piece: bytes) -> None:
        """Write a piece. Raises BodyTooLarge, TransferMoved, OSError."""
        if self.end + len(piece) > self._transfer.length:
            raise BodyTooLarge(f"the upload has {self._transfer.length} bytes, and more were sent")
        if self._hashed is not None:
            self._hashed.update(piece)
        self.end = await self._transfers.add(self._transfer, self._turn, self.end, piece)

    def digest(self) -> bytes:
        """Return the checksum of what was written."""
        found: bytes = self._hashed.digest()
        return found


def _check_version(said: Mapping[str, str]) -> None:
    if said.get("tus-resumable") != VERSION:
        raise OtherVersion(f"the header Tus-Resumable must say {VERSION}")


def _number(said: Mapping[str, str], name: str, wanted: str) -> int:
    text = said.get(name, "")
    if not text:
        raise InvalidField.missing(name.title(), wanted)
    if not _NUMBER.fullmatch(text):
        raise InvalidField.out_of_range(name.title(), text, wanted)
    return int(text)


def _checksum(text: str) -> tuple[str, bytes]:
    """Return the kind of a checksum and what it is to be, "" for none. Raises InvalidField."""
    if not text:
        return "", b""
    kind, _, told = text.partition(" ")
    try:
        wanted = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        kind = ""
    if kind not in _HASHES:
        allowed = f"{', '.join(_HASHES)} and its Base64"
        raise InvalidField.out_of_range("Upload-Checksum", text, allowed)
    return kind, wanted


def _texts(text: str) -> dict[str, str]:
    """Return a client's metadata of a file, as in a form. Raises InvalidField."""
    found = {NAME: ""}
    if len(text) > limits.MAX_UPLOAD_FIELDS_BYTES:
        raise InvalidField.out_of_range("Upload-Metadata", text, f"{limits.MAX_UPLOAD_FIELDS_BYTES} characters")
    for pair in filter(None, (one.strip() for one in text.split(","))):
        name, _, told = pair.partition(" ")
        try:
            value = base64.b64decode(told, validate=True).decode()
        except ValueError:
            allowed = "names, each with a text in Base64, separated by commas"
            raise InvalidField.out_of_range("Upload-Metadata", text, allowed) from None
        if name in _TEXTS:
            found[_TEXTS[name]] = value
    return found
