"""The space that files take, by project and kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict


class StorageKind(TypedDict):
    """A number of files and their bytes."""

    files: int
    bytes: int


class StorageAnswer(StorageKind):
    """The space of a project's files, in total and by kind."""

    object: Literal["storage"]
    results: StorageKind
    inputs: StorageKind
    assets: StorageKind


class ProjectStorage(StorageAnswer):
    """The same for one project of a list."""

    project_id: str


class ProjectStorageList(TypedDict):
    """The space of all projects' files."""

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
