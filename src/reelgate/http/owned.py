"""Finds the object of a call if it belongs to the caller's project; objects of other projects stay invisible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from reelgate.clock import Clock
from reelgate.dialects import anyfast_assets as library
from reelgate.errors import AssetNotFound, TaskNotFound, shown
from reelgate.http.caller import Caller, Thing
from reelgate.http.route import Owner
from reelgate.tasks.assets import Asset, AssetGroup
from reelgate.tasks.batches import Batch, TextFile
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore


class Owned:
    """Looks things up for a project."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._tasks = store
        self._assets = store.assets
        self._batches = store.batches
        self._clock = clock
        self._by_address: dict[Owner, Callable[[str, str], Awaitable[Thing]]] = {
            Owner.TASK: self.task,
            Owner.UPLOAD: self.upload,
            Owner.BATCH: self.batch,
            Owner.FILE: self.file,
        }

    async def of(self, owner: Owner, caller: Caller) -> Thing | None:
        """Return the thing that a call names, None if its handler looks it up.

        Raises TaskNotFound, AssetNotFound and what reading the body raises.
        """
        if owner in (Owner.WEBHOOK, Owner.DELIVERY, Owner.TRANSFER):
            return None
        if (find := self._by_address.get(owner)) is not None:
            return await find(caller.request.path_params["id"], caller.project_id)
        named = library.read_id(await caller.fields())
        if owner is Owner.ASSET:
            return await self.asset(named, caller.project_id)
        return await self.group(named, caller.project_id)

    async def task(self, task_id: str, project_id: str) -> Task:
        """Return a project's task. Raises TaskNotFound."""
        task = await self._tasks.get(task_id)
        if task is None or task.project_id != project_id:
            raise TaskNotFound(task_id=task_id)
        return task

    async def asset(self, asset_id: str, project_id: str) -> Asset:
        """Return an asset of a project's library. Raises AssetNotFound."""
        asset = await self._assets.get(asset_id)
        if asset is None or asset.project_id != project_id or asset.group_id is None:
            raise library.no_asset(asset_id)
        return asset

    async def upload(self, upload_id: str, project_id: str) -> Asset:
        """Return a project's asset that belongs to no library. Raises AssetNotFound."""
        asset = await self._assets.get(upload_id)
        if asset is None or asset.project_id != project_id or asset.group_id is not None:
            raise AssetNotFound(f"there is no {shown(upload_id)} of this key's project")
        return asset

    async def group(self, group_id: str, project_id: str) -> AssetGroup:
        """Return a group of a project's library. Raises AssetNotFound."""
        group = await self._assets.group(group_id)
        if group is None or group.project_id != project_id:
            raise library.no_group(group_id)
        return group

    async def batch(self, batch_id: str, project_id: str) -> Batch:
        """Return a project's batch. Raises AssetNotFound."""
        batch = await self._batches.get(batch_id)
        if batch is None or batch.project_id != project_id:
            raise AssetNotFound(f"there is no batch {shown(batch_id)} of this key's project")
        return batch

    async def file(self, named: str, project_id: str) -> TextFile | Asset:
        """Return a project's upload or document. Raises AssetNotFound."""
        found = await self.find_file(named, project_id)
        if found is None:
            raise AssetNotFound(f"there is no {shown(named)} of this key's project")
        return found

    async def find_file(self, named: str, project_id: str) -> TextFile | Asset | None:
        """Return a project's upload or document, None if it has none of that id."""
        now = self._clock.now()
        document = await self._batches.document(named)
        if document is not None and document.project_id == project_id and document.live(now):
            return document
        asset = await self._assets.get(named)
        own = asset is not None and asset.project_id == project_id and asset.group_id is None and asset.live(now)
        return asset if own else None
