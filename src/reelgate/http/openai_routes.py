"""What OpenAI's clients keep beside videos: files to name in creates, and characters made of a clip."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from reelgate import ids, limits
from reelgate.access.load_shedding import Door
from reelgate.clock import Clock
from reelgate.dialects.answers import unix
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.openai_fields import CHARACTER, FILE_ID, named_by_id
from reelgate.dialects.request_builder import media
from reelgate.errors import InvalidField
from reelgate.http.body import read_object
from reelgate.http.caller import Caller
from reelgate.http.file_form import FILE, receive_file
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Owner, route
from reelgate.inputs.assets import Assets
from reelgate.media.intake import Intake
from reelgate.media.port import MediaStore
from reelgate.request import Facts, Media, MediaKind, Role
from reelgate.tasks.assets import Asset, AssetState
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import TaskStore

_PURPOSE = "user_data"


class OpenAIThings:
    """The routes under `/v1/files` and `/v1/videos/characters`. A project sees its own only."""

    def __init__(
        self,
        *,
        store: TaskStore,
        assets: Assets,
        intake: Intake,
        media: MediaStore,
        clock: Clock,
        budget_seconds: float,
    ) -> None:
        self._store = store.assets
        self._assets = assets
        self._intake = intake
        self._media = media
        self._clock = clock
        self._budget = budget_seconds

    @route("POST", "/v1/videos/characters", Scope.CREATE, door=Door.ASSETS, answers="the character")
    async def create_character(self, caller: Caller) -> Response:
        """Keep a clip as a character, to be named in creates. Raises InvalidField and MediaRefused."""
        request = caller.request
        fields = LooseFields(await read_object(request.scope, request.receive, caller.passage))
        fields.require("name", f"a name of 1 to {limits.MAX_CHARACTER_CHARS} characters")
        name = fields.string("name")
        if len(name) > limits.MAX_CHARACTER_CHARS:
            raise InvalidField.out_of_range("name", name, f"1 to {limits.MAX_CHARACTER_CHARS} characters")
        fields.require("video", 'the clip that shows it: a file, an address, or {"id": …} of a completed video')
        asset = await self._assets.fetch(await self._clip(fields, name, caller.project_id), "video", self._budget)
        return JsonResponse(_character(asset), headers=caller.rates)

    @route("GET", "/v1/videos/characters/{id}", Scope.READ, owner=Owner.UPLOAD, answers="the character")
    async def character(self, caller: Caller) -> Response:
        """Show a character."""
        return JsonResponse(_character(caller.asset))

    @route("POST", "/v1/files", Scope.CREATE, door=Door.ASSETS, answers="the file")
    async def upload(self, caller: Caller) -> Response:
        """Keep a picture, clip or sound, to be named as `file_id` in creates. Raises InvalidField and MediaRefused."""
        named = ""

        with self._intake.space() as path:
            texts = await receive_file(caller.request, path, lambda _: None)
            named = texts.get("purpose", _PURPOSE)
            blob, facts = await self._intake.keep(path, FILE, _any_kind, caller.project_id)
        now = self._clock.now()
        new = _kept(FILE_ID, f"upload.{facts.format}", facts.kind, caller.project_id, now)
        asset = await self._store.add(replace(new, state=AssetState.ACTIVE, blob=blob, facts=facts))
        return JsonResponse(_file(asset, named), headers=caller.rates)

    @route("GET", "/v1/files/{id}", Scope.READ, owner=Owner.UPLOAD, answers="the file's facts")
    async def file(self, caller: Caller) -> Response:
        """Show what is known of a file."""
        return JsonResponse(_file(caller.asset, _PURPOSE))

    @route("DELETE", "/v1/files/{id}", Scope.CREATE, owner=Owner.UPLOAD, answers="that it is gone")
    async def delete(self, caller: Caller) -> Response:
        """Remove a file; videos that were made with it stay."""
        await self._store.delete(caller.asset.id)
        return JsonResponse({"id": caller.asset.id, "object": "file", "deleted": True})

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
    return {"id": asset.id, "object": "video.character", "name": asset.name, "created_at": unix(asset.created_at)}


def _file(asset: Asset, purpose: str) -> dict[str, Any]:
    return {
        "id": asset.id,
        "object": "file",
        "bytes": asset.facts.bytes if asset.facts else 0,
        "created_at": unix(asset.created_at),
        "expires_at": None,
        "filename": asset.name,
        "purpose": purpose,
        "status": "processed" if asset.state is AssetState.ACTIVE else "uploaded",
    }


def _any_kind(_: Facts) -> None:
    """What a model takes is checked when a request names the file."""
