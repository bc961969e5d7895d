"""AnyFast's asset library: groups, and in them assets that requests name as `asset://<id>`."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from reelgate import ids
from reelgate.access.load_shedding import Door
from reelgate.clock import Clock
from reelgate.dialects import anyfast_assets as wire
from reelgate.dialects.answer_types.anyfast import AssetAnswer, AssetGroupAnswer, AssetGroupPage, AssetId, AssetPage
from reelgate.dialects.fields import Fields
from reelgate.errors import StoreError
from reelgate.http.answer_types.assets import AssetList, AssetOrder, GroupOrder, ThingId, ThingName
from reelgate.http.body import read_object
from reelgate.http.caller import Caller
from reelgate.http.file_form import FILE, keep_file, receive_file
from reelgate.http.form_decoder import is_form
from reelgate.http.owned import Owned
from reelgate.http.responses import JsonResponse, field_headers
from reelgate.http.route import FORM, Owner, route
from reelgate.inputs.assets import Assets
from reelgate.media.intake import Intake, check_kind
from reelgate.tasks.assets import Asset, AssetGroup, AssetState
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import DuplicateId, Stale, TaskStore

ID_TRIES = 5

_Act = Callable[["AssetRoutes", Caller, Fields], Awaitable[dict[str, Any]]]


def _act(
    name: str, scope: Scope, gives: Any, takes: Any, *, owner: Owner | None = None, counts: bool = True
) -> Callable[[_Act], Callable[[AssetRoutes, Caller], Awaitable[Response]]]:
    """Declare an action of the library: JSON in, JSON out.

    Calls count, unless they ask how a single thing stands: clients wait for their assets by asking again.
    """

    def declared(act: _Act) -> Callable[[AssetRoutes, Caller], Awaitable[Response]]:
        door, answers = Door.ASSETS if counts else None, wire.ANSWERS[name]
        address = wire.PREFIX + name

        @route("POST", address, scope, owner=owner, door=door, answers=answers, gives=gives, takes=takes)
        @functools.wraps(act)
        async def handler(self: AssetRoutes, caller: Caller) -> Response:
            fields = await caller.fields()
            return self.answer(await act(self, caller, fields), fields)

        return handler

    return declared


class AssetRoutes:
    """The routes under `/volc/asset/`. A project sees its own groups and assets only."""

    def __init__(
        self,
        *,
        store: TaskStore,
        assets: Assets,
        intake: Intake,
        owned: Owned,
        clock: Clock,
        budget_seconds: float,
    ) -> None:
        self._store = store.assets
        self._assets = assets
        self._intake = intake
        self._owned = owned
        self._clock = clock
        self._budget = budget_seconds

    @route(
        "POST",
        wire.PREFIX + "CreateAsset",
        Scope.CREATE,
        door=Door.ASSETS,
        answers=wire.ANSWERS["CreateAsset"],
        gives=AssetId,
        takes=(AssetOrder, FORM),
    )
    async def create(self, caller: Caller) -> Response:
        """Create an asset from a file in a form, an address, or data in the JSON."""
        request = caller.request
        if is_form(request.headers.get("content-type", "")):
            return await self._create_from_form(caller)
        fields = Fields(await read_object(request.scope, request.receive, caller.passage))
        new = await self._new(wire.read_asset(fields, with_file=False), caller)
        asset = await self._written(new, lambda new: self._assets.fetch(new, "URL", self._budget))
        return self.answer({"Id": asset.id}, fields)

    async def _create_from_form(self, caller: Caller) -> Response:
        with self._intake.space() as path:
            fields = Fields(await receive_file(caller.request, path, _anybody))
            new = await self._new(wire.read_asset(fields, with_file=True), caller)
            checked = partial(check_kind, FILE, new.kind)
            blob, facts = await keep_file(self._intake, path, checked, caller.project_id)
        arrived = replace(new, state=AssetState.ACTIVE, blob=blob, facts=facts)
        asset = await self._written(arrived, self._store.add)
        return self.answer({"Id": asset.id}, fields)

    async def _new(self, asked: wire.NewAsset, caller: Caller) -> Asset:
        group = await self._owned.group(asked.group_id, caller.project_id)
        now = self._clock.now()
        return Asset(
            id="",
            project_id=caller.project_id,
            group_id=group.id,
            kind=asked.kind,
            name=asked.name,
            state=AssetState.PROCESSING,
            url=asked.url,
            created_at=now,
            updated_at=now,
        )

    async def _written(self, new: Asset, write: Callable[[Asset], Awaitable[Asset]]) -> Asset:
        for _ in range(ID_TRIES):
            try:
                return await write(replace(new, id=ids.ark_id(self._clock.now(), "asset")))
            except DuplicateId:
                continue
            except Stale:
                raise wire.no_group(new.group_id or "") from None
        raise StoreError("no free id was found for the asset; try again")

    @_act("GetAsset", Scope.READ, AssetAnswer, ThingId, owner=Owner.ASSET, counts=False)
    async def asset(self, caller: Caller, _: Fields) -> dict[str, Any]:
        """Show an asset."""
        return _shown(caller.asset, caller)

    @_act("ListAssets", Scope.READ, AssetPage, AssetList)
    async def assets(self, caller: Caller, fields: Fields) -> dict[str, Any]:
        """List the project's assets."""
        page = wire.read_page(fields, caller.project_id)
        items = [_shown(asset, caller) for asset in await self._store.list(page.which)]
        return wire.page_body(page, await self._store.count(page.which), items)

    @_act("UpdateAsset", Scope.CREATE, AssetId, ThingName, owner=Owner.ASSET)
    async def rename(self, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Give an asset another name."""
        asset = caller.asset
        if not await self._store.rename(asset.id, wire.read_name(fields, required=True), at=self._clock.now()):
            raise wire.no_asset(asset.id)
        return {"Id": asset.id}

    @_act("DeleteAsset", Scope.CREATE, AssetId, ThingId, owner=Owner.ASSET)
    async def delete(self, caller: Caller, _: Fields) -> dict[str, Any]:
        """Delete an asset."""
        asset = caller.asset
        if not await self._store.delete(asset.id):
            raise wire.no_asset(asset.id)
        return {"Id": asset.id}

    @_act("CreateAssetGroup", Scope.CREATE, AssetId, GroupOrder)
    async def create_group(self, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Make a group of assets."""
        name, kind = wire.read_name(fields, required=True), wire.read_group_type(fields)
        for _try in range(ID_TRIES):
            now = self._clock.now()
            new = AssetGroup(
                id=ids.ark_id(now, "group"),
                project_id=caller.project_id,
                name=name,
                type=kind,
                created_at=now,
                updated_at=now,
            )
            try:
                return {"Id": (await self._store.add_group(new)).id}
            except DuplicateId:
                continue
        raise StoreError("no free id was found for the group; try again")

    @_act("GetAssetGroup", Scope.READ, AssetGroupAnswer, ThingId, owner=Owner.GROUP, counts=False)
    async def group(self, caller: Caller, _: Fields) -> dict[str, Any]:
        """Show a group of assets."""
        return wire.group_body(caller.group)

    @_act("ListAssetGroups", Scope.READ, AssetGroupPage, AssetList)
    async def groups(self, caller: Caller, fields: Fields) -> dict[str, Any]:
        """List the project's groups of assets."""
        page = wire.read_page(fields, caller.project_id)
        items = [wire.group_body(group) for group in await self._store.groups(page.which)]
        return wire.page_body(page, await self._store.count_groups(page.which), items)

    @_act("UpdateAssetGroup", Scope.CREATE, AssetId, ThingName, owner=Owner.GROUP)
    async def rename_group(self, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Give a group another name."""
        group = caller.group
        if not await self._store.rename_group(group.id, wire.read_name(fields, required=True), at=self._clock.now()):
            raise wire.no_group(group.id)
        return {"Id": group.id}

    @_act("DeleteAssetGroup", Scope.CREATE, AssetId, ThingId, owner=Owner.GROUP)
    async def delete_group(self, caller: Caller, _: Fields) -> dict[str, Any]:
        """Delete a group and its assets."""
        group = caller.group
        if not await self._store.delete_group(group.id):
            raise wire.no_group(group.id)
        return {"Id": group.id}

    def answer(self, body: dict[str, Any], fields: Fields) -> Response:
        """Answer, and name what was not used: nothing is billed here, so `model` has no effect."""
        ignored = ("model",) if fields.string("model") else ()
        headers = dict(field_headers(fields.unknown(), ignored))
        return JsonResponse(body, headers={**headers, "x-request-id": ids.trace_id(self._clock.now())})


def _shown(asset: Asset, caller: Caller) -> dict[str, Any]:
    return wire.asset_body(asset, caller.asset_link(asset) if asset.blob else asset.url)


def _anybody(_: object) -> None:
    """A file may be sent with any key."""
