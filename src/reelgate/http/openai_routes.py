"""Files and characters of OpenAI's clients: files for creates, and characters made from a clip."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response, StreamingResponse

from reelgate import ids, limits
from reelgate.access.load_shedding import Door
from reelgate.clock import Clock
from reelgate.dialects.answers import unix
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.openai_fields import CHARACTER, FILE_ID, named_by_id
from reelgate.dialects.query import text as listed_text
from reelgate.dialects.query import whole
from reelgate.dialects.request_builder import media
from reelgate.errors import AssetNotFound, BodyTooLarge, InvalidField, shown
from reelgate.http.answer_types.files import CharacterAnswer, CharacterOrder, FileAnswer, FileDeleted, FilePage
from reelgate.http.batch_routes import page_body
from reelgate.http.body import read_object
from reelgate.http.caller import Caller
from reelgate.http.file_form import FILE, NAME, keep_file, receive_file
from reelgate.http.owned import Owned
from reelgate.http.responses import JsonResponse
from reelgate.http.route import FORM, Owner, route
from reelgate.inputs.assets import Assets
from reelgate.media.intake import Intake
from reelgate.media.port import MediaStore
from reelgate.request import Facts, Media, MediaKind, Role
from reelgate.tasks.assets import Asset, AssetState
from reelgate.tasks.batches import FileQuery, TextFile
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import TaskStore

Json = dict[str, Any]

_PURPOSE, _BATCH = "user_data", "batch"
_NAME_CHARS = 200
_KEPT_SECONDS = (3600, 2_592_000)
_SECONDS = re.compile("[0-9]{1,9}")

_FILES = (
    listed_text("purpose"),
    listed_text("order", words=("asc", "desc")),
    listed_text("after"),
    whole("limit", 1, limits.MAX_FILES_LISTED),
)


class OpenAIRoutes:
    """The routes under `/v1/files` and `/v1/videos/characters`. A project sees its own only."""

    def __init__(
        self,
        *,
        store: TaskStore,
        owned: Owned,
        assets: Assets,
        intake: Intake,
        media: MediaStore,
        clock: Clock,
        budget_seconds: float,
    ) -> None:
        self._store = store.assets
        self._documents = store.batches
        self._owned = owned
        self._assets = assets
        self._intake = intake
        self._media = media
        self._clock = clock
        self._budget = budget_seconds

    @route(
        "POST",
        "/v1/videos/characters",
        Scope.CREATE,
        door=Door.ASSETS,
        answers="the character",
        gives=CharacterAnswer,
        takes=(CharacterOrder, FORM),
    )
    async def create_character(self, caller: Caller) -> Response:
        """Keep a clip as a character for use in creates. Raises InvalidField and MediaRefused."""
        request = caller.request
        fields = LooseFields(await read_object(request.scope, request.receive, caller.passage))
        fields.require("name", f"a name of 1 to {limits.MAX_CHARACTER_CHARS} characters")
        name = fields.string("name")
        if len(name) > limits.MAX_CHARACTER_CHARS:
            raise InvalidField.out_of_range("name", name, f"1 to {limits.MAX_CHARACTER_CHARS} characters")
        fields.require("video", 'the clip that shows it: a file, an address, or {"id": …} of a completed video')
        asset = await self._assets.fetch(await self._clip(fields, name, caller.project_id), "video", self._budget)
        return JsonResponse(_character(asset), headers=caller.rates)

    @route(
        "GET",
        "/v1/videos/characters/{id}",
        Scope.READ,
        owner=Owner.UPLOAD,
        answers="the character",
        gives=CharacterAnswer,
    )
    async def character(self, caller: Caller) -> Response:
        """Show a character."""
        return JsonResponse(_character(caller.asset))

    @route("POST", "/v1/files", Scope.CREATE, door=Door.ASSETS, answers="the file", gives=FileAnswer, takes=FORM)
    async def upload(self, caller: Caller) -> Response:
        """Keep a picture, clip or sound, named as `file_id` in creates, or a batch's lines. Raises InvalidField."""
        request = caller.request
        with self._intake.space() as path:
            texts = await receive_file(request, path, lambda _: None)
            kept = await self.keep_upload(path, texts, caller.project_id)
        return JsonResponse(kept, headers=caller.rates)

    def check_upload(self, texts: Mapping[str, str], length: int) -> None:
        """Check whether a file may come in, as far as is known before it does. Raises InvalidField, BodyTooLarge."""
        _expiry(texts, self._clock.now())
        if texts.get("purpose", _PURPOSE) == _BATCH and length > limits.MAX_BATCH_BYTES:
            raise _batch_too_large()

    async def keep_upload(self, path: Path, texts: Mapping[str, str], project_id: str, file_id: str = "") -> Json:
        """Keep a file that has arrived, under an id that a client has already or a new one, and return its answer.

        Raises InvalidField, MediaRefused, BodyTooLarge, Unavailable.
        """
        purpose, now = texts.get("purpose", _PURPOSE), self._clock.now()
        if purpose == _BATCH:
            text, size = await asyncio.to_thread(_lines, path)
            document = TextFile(
                id=file_id or ids.prefixed(FILE_ID, now),
                project_id=project_id,
                purpose=_BATCH,
                name=texts[NAME][:_NAME_CHARS] or "batch.jsonl",
                bytes=size,
                created_at=now,
                expires_at=_expiry(texts, now),
            )
            await self._documents.add_document(document, text)
            return _document(document)
        blob, facts = await keep_file(self._intake, path, _any_kind, project_id)
        new = _kept(FILE_ID, f"upload.{facts.format}", facts.kind, project_id, now)
        kept = replace(
            new,
            id=file_id or new.id,
            state=AssetState.ACTIVE,
            blob=blob,
            facts=facts,
            expires_at=_expiry(texts, now),
        )
        return _file(await self._store.add(kept), purpose)

    @route("GET", "/v1/files", Scope.READ, answers="a page of files", gives=FilePage, query=_FILES)
    async def files(self, caller: Caller) -> Response:
        """List the project's files; `purpose`, `order`, `after` and `limit` narrow it."""
        query = caller.query
        limit = query.integer("limit", 1, limits.MAX_FILES_LISTED) or limits.MAX_FILES_LISTED
        purpose, after, order = query.text("purpose"), query.text("after"), query.choice("order", ("asc", "desc"))
        query.refuse_unknown()
        which = FileQuery(
            project_id=caller.project_id, now=self._clock.now(), limit=limit + 1, oldest_first=order == "asc"
        )
        if after:
            last = await self._listed(after, purpose, which)
            if last is None:
                return JsonResponse(page_body([], more=False))
            which = replace(which, behind=(unix(last.created_at), last.id))
        found = [_document(one) for one in await self._documents.documents(which, purpose)]
        if purpose in ("", _PURPOSE):
            found += [_file(one, _PURPOSE) for one in await self._documents.uploads(which, FILE_ID)]
        found.sort(key=lambda one: (one["created_at"], one["id"]), reverse=order != "asc")
        return JsonResponse(page_body(found[:limit], more=len(found) > limit))

    @route("GET", "/v1/files/{id}", Scope.READ, owner=Owner.FILE, answers="the file's facts", gives=FileAnswer)
    async def file(self, caller: Caller) -> Response:
        """Show a file's metadata."""
        found = caller.file
        return JsonResponse(_document(found) if isinstance(found, TextFile) else _file(found, _PURPOSE))

    @route(
        "GET",
        "/v1/files/{id}/content",
        Scope.READ,
        owner=Owner.FILE,
        answers="the file itself",
        gives={200: ("application/jsonl", "video/*", "image/*", "audio/*")},
    )
    async def file_content(self, caller: Caller) -> Response:
        """Download a file."""
        found = caller.file
        if isinstance(found, TextFile):
            text = await self._documents.text(found.id) or ""
            headers = {"content-disposition": f'attachment; filename="{found.id}.jsonl"'}
            return Response(text, headers=headers, media_type="application/jsonl")
        if found.blob is None or found.facts is None or (size := await self._media.size(found.blob)) is None:
            raise AssetNotFound(f"the file of {shown(found.id)} is not here any more")
        headers = {"content-length": str(size), "x-content-type-options": "nosniff"}
        if caller.request.method == "HEAD":
            return Response(headers=headers, media_type=found.facts.content_type)
        return StreamingResponse(self._media.read(found.blob, 0, size), 200, headers, found.facts.content_type)

    @route(
        "DELETE",
        "/v1/files/{id}",
        Scope.CREATE,
        owner=Owner.FILE,
        answers="the confirmation that it was deleted",
        gives=FileDeleted,
    )
    async def delete(self, caller: Caller) -> Response:
        """Remove a file; videos and batches made from it stay."""
        found = caller.file
        if isinstance(found, TextFile):
            await self._documents.delete_document(found.id)
        else:
            await self._store.delete(found.id)
        return JsonResponse({"id": found.id, "object": "file", "deleted": True})

    async def _listed(self, named: str, purpose: str, which: FileQuery) -> TextFile | Asset | None:
        """Return the file behind which a page begins, None where the list does not have it."""
        found = await self._owned.find_file(named, which.project_id)
        if found is None or not found.id.startswith(FILE_ID):
            return None
        own = found.purpose if isinstance(found, TextFile) else _PURPOSE
        return found if purpose in ("", own) else None

    async def _clip(self, fields: LooseFields, name: str, project_id: str) -> Asset:
        """Return a character that is yet to be taken in, from whatever the call holds."""
        new = _kept(CHARACTER, name, MediaKind.VIDEO, project_id, self._clock.now())
        given = fields.value("video")
        by_id = named_by_id({"video": given})
        if not by_id:
            (item,) = media(fields, "video", MediaKind.VIDEO, Role.REFERENCE)
            return replace(new, url=item.url)
        item = Media(kind=MediaKind.VIDEO, role=Role.REFERENCE, field="video.id", url=f"asset://{by_id}")
        found = await self._assets.named(item, project_id)
        return replace(new, state=AssetState.ACTIVE, blob=found.blob, facts=found.facts)


def _kept(prefix: str, name: str, kind: MediaKind, project_id: str, now: int) -> Asset:
    return Asset(
        id=ids.prefixed(prefix, now),
        project_id=project_id,
        kind=kind,
        name=name,
        state=AssetState.PROCESSING,
        created_at=now,
        updated_at=now,
    )


def _character(asset: Asset) -> dict[str, Any]:
    return {"id": asset.id, "object": "character", "name": asset.name, "created_at": unix(asset.created_at)}


def _file(asset: Asset, purpose: str) -> dict[str, Any]:
    return {
        "id": asset.id,
        "object": "file",
        "bytes": asset.facts.bytes if asset.facts else 0,
        "created_at": unix(asset.created_at),
        "expires_at": None if asset.expires_at is None else unix(asset.expires_at),
        "filename": asset.name,
        "purpose": purpose,
        "status": "processed" if asset.state is AssetState.ACTIVE else "uploaded",
    }


def _document(document: TextFile) -> dict[str, Any]:
    ends = document.expires_at
    return {
        "id": document.id,
        "object": "file",
        "bytes": document.bytes,
        "created_at": unix(document.created_at),
        "expires_at": None if ends is None else unix(ends),
        "filename": document.name,
        "purpose": document.purpose,
        "status": "processed",
    }


def _lines(path: Path) -> tuple[str, int]:
    """Return the text of a batch's file, and its bytes. Raises BodyTooLarge and InvalidField."""
    size = path.stat().st_size
    if size > limits.MAX_BATCH_BYTES:
        raise _batch_too_large()
    try:
        return path.read_text("utf-8-sig"), size
    except UnicodeDecodeError:
        allowed = "lines of JSON in UTF-8"
        raise InvalidField(FILE, f"{FILE} is not text in UTF-8; allowed: {allowed}", allowed=allowed) from None


def _batch_too_large() -> BodyTooLarge:
    return BodyTooLarge(f"a file of purpose batch may have {limits.MAX_BATCH_BYTES // 1024**2} MiB")


def _expiry(texts: Mapping[str, str], now: int) -> int | None:
    """Return when a file ends by its form's `expires_after`, in ms, None if it stays. Raises InvalidField."""
    said = texts.get("expires_after[seconds]", "")
    if not said:
        return None
    low, high = _KEPT_SECONDS
    if not _SECONDS.fullmatch(said) or not low <= int(said) <= high:
        raise InvalidField.out_of_range("expires_after[seconds]", said, f"{low} to {high}")
    return now + int(said) * 1000


def _any_kind(_: Facts) -> None:
    """What a model takes is checked when a request names the file."""
