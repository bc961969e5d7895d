"""The requests and answers of OpenAI's files and characters."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from reelgate.dialects.answer_types.common import UnixTime


class FileAnswer(TypedDict):
    """A file in OpenAI's form."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: UnixTime
    expires_at: int | None
    filename: str
    purpose: str
    status: Literal["processed", "uploaded"]


class FileDeleted(TypedDict):
    """A deleted file."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


class CharacterOrder(TypedDict):
    """A clip to keep as a character: an address, a file of a form, or `{"id": …}` of a finished video."""

    name: str
    video: str | dict[str, Any]


class CharacterAnswer(TypedDict):
    """A character."""

    id: str
    object: Literal["character"]
    name: str
    created_at: UnixTime


class FilePage(TypedDict):
    """A page of files."""

    object: Literal["list"]
    data: list[FileAnswer]
    first_id: str | None
    last_id: str | None
    has_more: bool
