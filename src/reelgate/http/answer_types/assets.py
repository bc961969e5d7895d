"""The requests and answers of DashScope's uploads and AnyFast's assets."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class UploadPolicyData(TypedDict):
    """The fields of an upload's form."""

    policy: str
    signature: str
    upload_dir: str
    upload_host: str
    expire_in_seconds: int
    max_file_size_mb: int
    oss_access_key_id: str
    x_oss_object_acl: str
    x_oss_forbid_overwrite: str


class UploadPolicy(TypedDict):
    """A permission to upload files for some minutes."""

    request_id: str
    data: UploadPolicyData


class AssetOrder(TypedDict):
    """A new asset."""

    GroupId: str
    AssetType: Literal["Image", "Video", "Audio"]
    URL: str
    Name: NotRequired[str]
    model: NotRequired[str]


class ThingId(TypedDict):
    """The id of an asset or group."""

    Id: str
    model: NotRequired[str]


class ThingName(TypedDict):
    """The id of an asset or group, and its new name."""

    Id: str
    Name: str
    model: NotRequired[str]


class GroupOrder(TypedDict):
    """A new group."""

    Name: str
    GroupType: NotRequired[str]
    model: NotRequired[str]


class AssetFilter(TypedDict, total=False):
    """A filter of assets or groups."""

    Name: str
    GroupIds: list[str]
    GroupType: str


class AssetList(TypedDict, total=False):
    """A page of assets or groups, and a filter."""

    Filter: AssetFilter
    PageNumber: int
    PageSize: int
    model: str
