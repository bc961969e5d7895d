"""AnyFast's asset library: its calls and answers. Fields are in PascalCase, every call is a POST."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from reelgate import limits
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Operation, Route
from reelgate.errors import AssetNotFound, InvalidField
from reelgate.request import MediaKind
from reelgate.tasks.assets import Asset, AssetGroup, AssetQuery, AssetState

PREFIX = "/volc/asset/"

ANSWERS = {
    "CreateAsset": "the asset's id",
    "GetAsset": "the asset",
    "ListAssets": "a page of assets",
    "UpdateAsset": "the asset's id",
    "DeleteAsset": "the asset's id",
    "CreateAssetGroup": "the group's id",
    "GetAssetGroup": "the group",
    "ListAssetGroups": "a page of groups",
    "UpdateAssetGroup": "the group's id",
    "DeleteAssetGroup": "the group's id",
}
"""What can be done with a library, each at an address under `PREFIX`, and what comes back."""

ROUTES = tuple(Route("POST", PREFIX + action, Operation.ASSET) for action in ANSWERS)

_GROUP_TYPE = "AIGC"
_KINDS = {"Image": MediaKind.IMAGE, "Video": MediaKind.VIDEO, "Audio": MediaKind.AUDIO}
_KIND_NAMES = {kind: name for name, kind in _KINDS.items()}
_STATUSES = {AssetState.PROCESSING: "Processing", AssetState.ACTIVE: "Active", AssetState.FAILED: "Failed"}
_ADDRESS = "a public address, a data: URI or Base64 of the file"


class NewAsset(msgspec.Struct, frozen=True):
    """What a CreateAsset asks for; `url` is empty if the file comes in the form itself."""

    group_id: str
    name: str
    kind: MediaKind
    url: str


class Page(msgspec.Struct, frozen=True):
    """What a list asks for, and how its answer counts pages."""

    which: AssetQuery
    number: int


def read_asset(fields: Fields, *, with_file: bool) -> NewAsset:
    """Read a CreateAsset. Raises InvalidField."""
    fields.require("GroupId", "the id of the asset's group, from CreateAssetGroup")
    fields.require("AssetType", f"one of {', '.join(_KINDS)}")
    if not with_file:
        fields.require("URL", _ADDRESS)
    kind = _KINDS[fields.choice("AssetType", tuple(_KINDS))]
    return NewAsset(fields.string("GroupId"), read_name(fields), kind, "" if with_file else fields.string("URL"))


def read_id(fields: Fields) -> str:
    """Read the Id that a call is about. Raises InvalidField."""
    fields.require("Id", "the id of an asset or a group")
    return fields.string("Id")


def read_name(fields: Fields, *, required: bool = False) -> str:
    """Read the Name. Raises InvalidField."""
    if required:
        fields.require("Name", "a name for people")
    return _short(fields, "Name")


def read_group_type(fields: Fields) -> str:
    """Read what a new group is for, in the client's own word. Raises InvalidField."""
    return _short(fields, "GroupType") or _GROUP_TYPE


def read_page(fields: Fields, project_id: str) -> Page:
    """Read a list call. Raises InvalidField."""
    wanted = fields.object("Filter")
    number = _within(fields, "PageNumber", 1, 2**31 - 1, 1)
    size = _within(fields, "PageSize", 1, limits.MAX_PAGE_SIZE, limits.ASSET_PAGE_SIZE)
    which = AssetQuery(
        project_id=project_id,
        name=wanted.string("Name"),
        groups=wanted.strings("GroupIds"),
        group_type=wanted.string("GroupType"),
        offset=(number - 1) * size,
        limit=size,
    )
    return Page(which, number)


def asset_body(asset: Asset, link: str) -> dict[str, Any]:
    """Return an asset as GetAsset shows it; `link` is the address of its file, if it has one."""
    body: dict[str, Any] = {
        "Id": asset.id,
        "Name": asset.name,
        "URL": link,
        "AssetType": _KIND_NAMES[asset.kind],
        "GroupId": asset.group_id,
        "Status": _STATUSES[asset.state],
        "ProjectName": asset.project_id,
        "CreateTime": _time(asset.created_at),
        "UpdateTime": _time(asset.updated_at),
    }
    if asset.state is AssetState.FAILED:
        body["Error"] = {"Code": "InvalidMedia", "Message": asset.error}
    return body


def group_body(group: AssetGroup) -> dict[str, Any]:
    """Return a group as GetAssetGroup shows it."""
    return {
        "Id": group.id,
        "Name": group.name,
        "GroupType": group.type,
        "ProjectName": group.project_id,
        "CreateTime": _time(group.created_at),
        "UpdateTime": _time(group.updated_at),
    }


def page_body(page: Page, total: int, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to a list call."""
    return {"PageNumber": page.number, "PageSize": page.which.limit, "TotalCount": total, "Items": list(items)}


def no_asset(asset_id: str) -> AssetNotFound:
    """Build the error for an asset that this key's project does not have."""
    return AssetNotFound(f"[NotFound.asset_id] there is no asset {asset_id[:80]}")


def no_group(group_id: str) -> AssetNotFound:
    """Build the error for a group that this key's project does not have."""
    return AssetNotFound(f"[NotFound.group_id] there is no group {group_id[:80]}")


def _short(fields: Fields, key: str) -> str:
    text = fields.string(key)
    if len(text) > limits.MAX_ASSET_NAME_CHARS:
        raise InvalidField.out_of_range(key, text, f"at most {limits.MAX_ASSET_NAME_CHARS} characters")
    return text


def _within(fields: Fields, key: str, low: int, high: int, default: int) -> int:
    value = fields.integer(key)
    if value is not None and not low <= value <= high:
        raise InvalidField.out_of_range(key, value, f"a whole number from {low} to {high}")
    return default if value is None else value


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
