"""Finds the object of a call if it belongs to the caller's project; objects of other projects stay invisible."""

from __future__ import annotations

from reelgate.dialects import anyfast_assets as library
from reelgate.errors import AssetNotFound, TaskNotFound, shown
from reelgate.http.caller import Caller
from reelgate.http.route import Owner
from reelgate.tasks.assets import Asset, AssetGroup
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore


class Owned:
    """Looks things up for a project."""

    def __init__(self, store: TaskStore) -> None:
        self._tasks = store
        self._assets = store.assets

    async def of(self, owner: Owner, caller: Caller) -> Task | Asset | AssetGroup | None:
        """Return the thing that a call names, None if its handler looks it up.

        Raises TaskNotFound, AssetNotFound and what reading the body raises.
        """
        if owner in (Owner.WEBHOOK, Owner.DELIVERY, Owner.BATCH, Owner.FILE, Owner.TRANSFER):
            return None
        if owner is Owner.TASK:
            return await self.task(caller.request.path_params["id"], caller.project_id)
        if owner is Owner.UPLOAD:
            return await self.upload(caller.request.path_params["id"], caller.project_id)
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
