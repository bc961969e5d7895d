"""What the server answers about itself and its settings."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime


class Alive(TypedDict):
    """Confirms that the process runs."""

    status: Literal["ok"]


class Ready(TypedDict):
    """The state of each part."""

    status: Literal["ok", "unavailable"]
    store: str
    media: str
    conductor: str
    unconfined: NotRequired[dict[str, list[str]]]


class Setting(TypedDict):
    """An option that the server was started with."""

    name: str
    option: str
    value: Any
    help: str


class ServerSettings(TypedDict):
    """The options that the server was started with; of a secret only whether it is set."""

    object: Literal["settings"]
    version: str
    started_at: UnixTime
    data: list[Setting]
