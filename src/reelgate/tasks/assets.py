"""Assets: staged inputs of a project that live beside tasks, and the port of the store that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from reelgate.request import Facts, MediaKind


class AssetState(StrEnum):
    """How far an asset is."""

    PROCESSING = "processing"
    """Its file is still to be fetched from `url`."""
    ACTIVE = "active"
    FAILED = "failed"


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """An input that a project has stored, to be named in requests. Times are milliseconds since the epoch, UTC.

    `id` is what follows `asset://` or `oss://`. An active asset has a `blob` in the media store and `facts` of a
    probe, any other has neither. One of a library belongs to a group; an upload belongs to none, and ends.
    """

    id: str
    project_id: str
    kind: MediaKind
    name: str
    state: AssetState
    created_at: int
    updated_at: int
    seq: int = 0
    """Grows with every insert and orders lists; 0 until it was written."""
    group_id: str | None = None
    url: str = ""
    """Where it came from, when it was given by address."""
    blob: str | None = None
    facts: Facts | None = None
    error: str | None = None
    expires_at: int | None = None

    def live(self, now: int) -> bool:
        """Whether it is still there for its project; what has ended is removed some time later."""
        return self.expires_at is None or now < self.expires_at


class AssetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A named part of a project's library; `type` is the client's own word."""

    id: str
    project_id: str
    name: str
    type: str
    created_at: int
    updated_at: int
    seq: int = 0


class AssetQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which assets or groups of a project's library a list shows, newest first.

    `name` is a part of the name, "" for any; `groups` are ids of groups, empty for any.
    """

    project_id: str
    name: str = ""
    groups: tuple[str, ...] = ()
    group_type: str = ""
    offset: int = 0
    limit: int = 20


class AssetStore(Protocol):
    """Where assets live, durably. A file that an asset refers to stays out of the bin as a task's file does.

    Every method that writes returns only after the write is durable.
    """

    async def add(self, asset: Asset) -> Asset:
        """Write an asset down; return it with its `seq`. Raises DuplicateId, and Stale when its group is gone."""
        ...

    async def get(self, asset_id: str) -> Asset | None:
        """Return the asset, of any project (the caller compares it), also one that has ended."""
        ...

    async def list(self, which: AssetQuery) -> Sequence[Asset]:
        """Return a page of a library's assets; uploads, which belong to no group, are not listed."""
        ...

    async def count(self, which: AssetQuery) -> int:
        """Return how many assets there are on all pages."""
        ...

    async def processing(self, before: int) -> Sequence[Asset]:
        """Return the assets that are still to be fetched and were added before that time, oldest first."""
        ...

    async def settle(self, asset_id: str, *, blob: str | None, facts: Facts | None, error: str | None, at: int) -> None:
        """Write down the outcome of a fetch: a blob with facts, or an error. Raises Stale unless it was processing."""
        ...

    async def rename(self, asset_id: str, name: str, *, at: int) -> bool:
        """Give an asset another name; False when it is gone."""
        ...

    async def delete(self, asset_id: str) -> bool:
        """Remove an asset; its blob goes to the bin. False when it is gone."""
        ...

    async def expire(self, now: int) -> None:
        """Remove the assets that have ended; their blobs go to the bin."""
        ...

    async def add_group(self, group: AssetGroup) -> AssetGroup:
        """Write a group down; return it with its `seq`. Raises DuplicateId."""
        ...

    async def group(self, group_id: str) -> AssetGroup | None:
        """Return the group, of any project."""
        ...

    async def groups(self, which: AssetQuery) -> Sequence[AssetGroup]:
        """Return a page of a project's groups."""
        ...

    async def count_groups(self, which: AssetQuery) -> int:
        """Return how many groups there are on all pages."""
        ...

    async def rename_group(self, group_id: str, name: str, *, at: int) -> bool:
        """Give a group another name; False when it is gone."""
        ...

    async def delete_group(self, group_id: str) -> bool:
        """Remove a group with its assets, whose blobs go to the bin. False when it is gone."""
        ...
