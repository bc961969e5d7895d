"""The requests and answers of previews."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.dialects.answer_types.house import HouseError


class PreviewOrder(TypedDict):
    """A create that is not sent yet; with `inline` the answer contains the stills."""

    path: str
    body: dict[str, Any]
    inline: NotRequired[bool]


class PreviewAnswer(TypedDict):
    """What a create would show and cost, and why it would be refused. Null means unknown."""

    id: str
    object: Literal["preview"]
    expires_at: UnixTime
    model: str | None
    made_with: NotRequired[str]
    dialect: str | None
    mode: str | None
    seed: int | None
    made_by: str | None
    accepted: bool
    refusals: list[HouseError]
    waits_for: list[Any]
    ignored: list[str]
    unknown_fields: list[str]
    storyboard: dict[str, Any] | None
    quote: dict[str, Any] | None
