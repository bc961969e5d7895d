"""AnyFast's asset library: groups, and in them assets that requests name as `asset://<id>`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reelgate import ids
from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import Door, Gate, Passage
from reelgate.clock import Clock
from reelgate.dialects import anyfast_assets as wire
from reelgate.dialects.fields import Fields
from reelgate.errors import StoreError
from reelgate.http.body import credential, read_object, read_small
from reelgate.http.file_form import FILE, receive_file
from reelgate.http.form_decoder import is_form
from reelgate.http.links import LinkMaker
from reelgate.http.responses import JsonResponse, field_headers
from reelgate.inputs.assets import Assets
from reelgate.media.intake import Intake, check_kind
from reelgate.tasks.assets import Asset, AssetGroup, AssetState
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.store import DuplicateId, Stale, TaskStore

ID_TRIES = 5

Act = Callable[[Fields, Key, Request], Awaitable[dict[str, Any]]]


class Library:
    """The routes under `/volc/asset/`. A project sees its own groups and assets only."""

    def __init__(
        self,
        *,
        store: TaskStore,
        assets: Assets,
        intake: Intake,
        keys: KeyRing,
        gate: Gate,
        links: LinkMaker,
        clock: Clock,
        budget_seconds: float,
    ) -> None:
        self._store = store.assets
        self._assets = assets
        self._intake = intake
        self._keys = keys
        self._gate = gate
        self._links = links
        self._clock = clock
        self._budget = budget_seconds

    def routes(self) -> list[Route]:
        """Return the Starlette routes."""
        acts: dict[str, Act] = {
            "GetAsset": self._get,
            "ListAssets": self._list,
            "UpdateAsset": self._rename,
            "DeleteAsset": self._delete,
            "CreateAssetGroup": self._create_group,
            "GetAssetGroup": self._get_group,
            "ListAssetGroups": self._list_groups,
            "UpdateAssetGroup": self._rename_group,
            "DeleteAssetGroup": self._delete_group,
        }
        create = Route(wire.PREFIX + "CreateAsset", self.create, methods=["POST"])
        return [create, *(self._mounted(name, act) for name, act in acts.items())]

    def _mounted(self, name: str, act: Act) -> Route:
        scope = Scope.READ if name.startswith(("Get", "List")) else Scope.CREATE

        async def endpoint(request: Request) -> Response:
            key = self._keys.check(credential(request.scope), scope)
            with self._visited(key, name) as passage:
                fields = Fields(await read_small(request.scope, request.receive, passage))
                return self._answer(await act(fields, key, request), fields)

        return Route(wire.PREFIX + name, endpoint, methods=["POST"])

    async def create(self, request: Request) -> Response:
        """Take in an asset: a file in a form, or the address of one, or one inside the JSON."""
        key = self._keys.check(credential(request.scope), Scope.CREATE)
        with self._gate.visited(key, Door.ASSETS) as passage:
            if is_form(request.headers.get("content-type", "")):
                return await self._create_from_form(request, key)
            fields = Fields(await read_object(request.scope, request.receive, passage))
            new = await self._new(wire.read_asset(fields, with_file=False), key)
            asset = await self._written(new, lambda new: self._assets.fetch(new, "URL", self._budget))
            return self._answer({"Id": asset.id}, fields)

    def _visited(self, key: Key, name: str) -> AbstractContextManager[Passage | None]:
        """Count a call, unless it asks how a single thing stands: clients wait for their assets by asking again."""
        return nullcontext() if name.startswith("Get") else self._gate.visited(key, Door.ASSETS)

    async def _create_from_form(self, request: Request, key: Key) -> Response:
        with self._intake.space() as path:
            fields = Fields(await receive_file(request, path, _anybody))
            new = await self._new(wire.read_asset(fields, with_file=True), key)
            checked = partial(check_kind, FILE, new.kind)
            blob, facts = await self._intake.keep(path, FILE, checked, key.project_id)
        arrived = replace(new, state=AssetState.ACTIVE, blob=blob, facts=facts)
        asset = await self._written(arrived, self._store.add)
        return self._answer({"Id": asset.id}, fields)

    async def _new(self, asked: wire.NewAsset, key: Key) -> Asset:
        group = await self._group(asked.group_id, key)
        now = self._clock.now()
        return Asset(
            id="",
            project_id=key.project_id,
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

    async def _get(self, fields: Fields, key: Key, request: Request) -> dict[str, Any]:
        return self._shown(await self._asset(fields, key), request)

    async def _list(self, fields: Fields, key: Key, request: Request) -> dict[str, Any]:
        page = wire.read_page(fields, key.project_id)
        items = [self._shown(asset, request) for asset in await self._store.list(page.which)]
        return wire.page_body(page, await self._store.count(page.which), items)

    async def _rename(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        asset = await self._asset(fields, key)
        if not await self._store.rename(asset.id, wire.read_name(fields, required=True), at=self._clock.now()):
            raise wire.no_asset(asset.id)
        return {"Id": asset.id}

    async def _delete(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        asset = await self._asset(fields, key)
        if not await self._store.delete(asset.id):
            raise wire.no_asset(asset.id)
        return {"Id": asset.id}

    async def _create_group(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        name, kind = wire.read_name(fields, required=True), wire.read_group_type(fields)
        for _try in range(ID_TRIES):
            now = self._clock.now()
            new = AssetGroup(
                id=ids.ark_id(now, "group"),
                project_id=key.project_id,
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

    async def _get_group(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        return wire.group_body(await self._group(wire.read_id(fields), key))

    async def _list_groups(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        page = wire.read_page(fields, key.project_id)
        items = [wire.group_body(group) for group in await self._store.groups(page.which)]
        return wire.page_body(page, await self._store.count_groups(page.which), items)

    async def _rename_group(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        group = await self._group(wire.read_id(fields), key)
        if not await self._store.rename_group(group.id, wire.read_name(fields, required=True), at=self._clock.now()):
            raise wire.no_group(group.id)
        return {"Id": group.id}

    async def _delete_group(self, fields: Fields, key: Key, _: Request) -> dict[str, Any]:
        group = await self._group(wire.read_id(fields), key)
        if not await self._store.delete_group(group.id):
            raise wire.no_group(group.id)
        return {"Id": group.id}

    async def _asset(self, fields: Fields, key: Key) -> Asset:
        asset_id = wire.read_id(fields)
        asset = await self._store.get(asset_id)
        if asset is None or asset.project_id != key.project_id or asset.group_id is None:
            raise wire.no_asset(asset_id)
        return asset

    async def _group(self, group_id: str, key: Key) -> AssetGroup:
        group = await self._store.group(group_id)
        if group is None or group.project_id != key.project_id:
            raise wire.no_group(group_id)
        return group

    def _shown(self, asset: Asset, request: Request) -> dict[str, Any]:
        link = asset.url
        if asset.blob:
            link = self._links.of_asset(asset, request.url.scheme, request.headers.get("host", ""))
        return wire.asset_body(asset, link)

    def _answer(self, body: dict[str, Any], fields: Fields) -> Response:
        """Answer, and name what was not used: nothing is billed here, so `model` has no effect."""
        ignored = ("model",) if fields.string("model") else ()
        headers = dict(field_headers(fields.unknown(), ignored))
        return JsonResponse(body, headers={**headers, "x-request-id": ids.trace_id(self._clock.now())})


def _anybody(_: object) -> None:
    """Whoever holds a key may send a file."""
