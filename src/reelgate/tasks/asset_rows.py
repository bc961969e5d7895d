"""The journal's assets, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import asdict, replace

from reelgate.request import Facts
from reelgate.tasks.assets import Asset, AssetGroup, AssetQuery
from reelgate.tasks.database import Database, Params, Row, Script, Step
from reelgate.tasks.rows import as_record, as_text, number, one, readable
from reelgate.tasks.store import DuplicateId, Stale

_FACTS = Asset.__struct_fields__.index("facts")
_encode_facts = msgspec.json.Encoder().encode
_decode_facts = msgspec.json.Decoder(Facts).decode


class AssetRows:
    """The AssetStore of `reelgate.tasks.assets`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, asset: Asset) -> Asset:
        """Write an asset down; its group, which has one more, is changed with it."""
        asset = replace(asset, name=as_text(asset.name), error=as_text(asset.error))
        values = {**asdict(asset), "facts": _facts(asset.facts)}
        use_group = [Step("use_group", {"id": asset.group_id, "at": asset.created_at}, Stale)] if asset.group_id else []
        await self._database.write([*use_group, Step("add_asset", values, DuplicateId)])
        return await self.get(asset.id) or asset

    async def get(self, asset_id: str) -> Asset | None:
        """Return the asset with that id."""
        rows = await self._database.read("asset", {"id": asset_id})
        return one(as_asset, rows)

    async def list(self, which: AssetQuery) -> Sequence[Asset]:
        """Return a page of a library's assets."""
        page: Params = {"offset": which.offset, "limit": which.limit}
        return readable(as_asset, await self._database.read("assets", {**_filter(which), **page}), "asset")

    async def count(self, which: AssetQuery) -> int:
        """Return how many of a library's assets a filter lets through."""
        return number(await self._database.read("count_assets", _filter(which)))

    async def processing(self, before: int) -> Sequence[Asset]:
        """Return the assets that are still to be fetched."""
        return readable(as_asset, await self._database.read("processing_assets", {"before": before}), "asset")

    async def settle(self, asset_id: str, *, blob: str | None, facts: Facts | None, error: str | None, at: int) -> None:
        """Write down the outcome of a fetch."""
        values: Params = {
            "id": asset_id,
            "state": "failed" if blob is None else "active",
            "blob": blob,
            "facts": _facts(facts),
            "error": as_text(error),
            "at": at,
        }
        await self._database.write([Step("settle_asset", values, Stale)])

    async def rename(self, asset_id: str, name: str, *, at: int) -> bool:
        """Give an asset another name."""
        return bool(
            await self._database.write([Step("rename_asset", {"id": asset_id, "name": as_text(name), "at": at})])
        )

    async def delete(self, asset_id: str) -> bool:
        """Remove an asset; its file goes to the bin."""
        one: Params = {"id": asset_id}
        return await self._done([Step("bin_asset", one), Step("delete_asset", one, Stale)])

    async def expire(self, now: int) -> None:
        """Remove the assets that have ended; their files go to the bin."""
        ended: Params = {"now": now}
        await self._database.write([Step("bin_ended_assets", ended), Step("delete_ended_assets", ended)])

    async def add_group(self, group: AssetGroup) -> AssetGroup:
        """Write a group down."""
        group = replace(group, name=as_text(group.name), type=as_text(group.type))
        rows = await self._database.write([Step("add_group", asdict(group), DuplicateId)])
        return replace(group, seq=int(rows[0][0]))

    async def group(self, group_id: str) -> AssetGroup | None:
        """Return the group with that id."""
        rows = await self._database.read("group", {"id": group_id})
        return as_record(AssetGroup, rows[0]) if rows else None

    async def groups(self, which: AssetQuery) -> Sequence[AssetGroup]:
        """Return a page of a project's groups."""
        page: Params = {"offset": which.offset, "limit": which.limit}
        rows = await self._database.read("groups", {**_filter(which), **page})
        return [as_record(AssetGroup, row) for row in rows]

    async def count_groups(self, which: AssetQuery) -> int:
        """Return how many of a project's groups a filter lets through."""
        return number(await self._database.read("count_groups", _filter(which)))

    async def rename_group(self, group_id: str, name: str, *, at: int) -> bool:
        """Give a group another name."""
        return bool(
            await self._database.write([Step("rename_group", {"id": group_id, "name": as_text(name), "at": at})])
        )

    async def delete_group(self, group_id: str) -> bool:
        """Remove a group and its assets, whose files go to the bin."""
        one: Params = {"id": group_id}
        return await self._done([Step("bin_group", one), Step("delete_group", one, Stale)])

    async def _done(self, script: Script) -> bool:
        try:
            await self._database.write(script)
        except Stale:
            return False
        return True


def as_asset(row: Row) -> Asset:
    """Return the asset that a row holds."""
    values = list(row)
    if values[_FACTS] is not None:
        values[_FACTS] = _decode_facts(values[_FACTS])
    return as_record(Asset, values)


def _facts(facts: Facts | None) -> str | None:
    return None if facts is None else _encode_facts(facts).decode()


def _filter(which: AssetQuery) -> Params:
    return {
        "project_id": which.project_id,
        "name": as_text(which.name),
        "group_type": as_text(which.group_type),
        "groups": f",{as_text(','.join(which.groups))}," if which.groups else "",
    }
