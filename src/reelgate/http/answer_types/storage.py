"""What files take up, by project and kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict


class StorageKind(TypedDict):
    """How many files, and how many bytes."""

    files: int
    bytes: int


class StorageAnswer(StorageKind):
    """How much a project's files take, in all and by kind."""

    object: Literal["storage"]
    results: StorageKind
    inputs: StorageKind
    assets: StorageKind


class ProjectStorage(StorageAnswer):
    """The same of one project of many."""

    project_id: str


class ProjectStorageList(TypedDict):
    """What projects hold."""

    object: Literal["list"]
    data: list[ProjectStorage]


def storage_body(held: Mapping[str, StorageKind]) -> StorageAnswer:
    """Return how much files take, by kind and in all."""
    none = StorageKind(files=0, bytes=0)
    results, inputs, assets = (held.get(kind, none) for kind in ("results", "inputs", "assets"))
    return {
        "object": "storage",
        "files": sum(kind["files"] for kind in (results, inputs, assets)),
        "bytes": sum(kind["bytes"] for kind in (results, inputs, assets)),
        "results": results,
        "inputs": inputs,
        "assets": assets,
    }
