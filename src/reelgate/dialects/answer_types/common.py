"""Types that several dialects' answers share."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

Url = Annotated[str, Meta(description="A signed link. It needs no key.")]
UnixTime = Annotated[int, Meta(description="Unix seconds.")]
Estimate = Annotated[int, Meta(description="The estimated end, in Unix seconds.")]
PollAfter = Annotated[int, Meta(description="Seconds after which it is worth asking again.")]
Percent = Annotated[int, Meta(ge=0, le=100)]


class Empty(TypedDict):
    """An object without fields."""


class ErrorText(TypedDict):
    """Why a task ended without a video."""

    code: str
    message: str


class PlainError(TypedDict):
    """The details of an error. `code` is for programs; `GET /v1/errors` lists them."""

    message: str
    type: str
    code: str


class PlainErrorAnswer(TypedDict):
    """An error in the form of UniAll, AnyFast and new-api."""

    error: PlainError
