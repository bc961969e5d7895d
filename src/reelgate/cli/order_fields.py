"""Less common fields of an order, as options of all commands that order, price or preview."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from reelgate.client.media import address

More = Callable[[], dict[str, Any]]
"""Reads the fields that were given by these options. Raises OSError."""

_FLAGS = {
    "audio": "sound",
    "music": "music",
    "keep_audio": "the source's own sound, in an edit",
    "watermark": "a mark that it was made by AI",
    "prompt_extend": "a prompt that the model may rewrite",
    "web_search": "a web search by the model",
    "camera_fixed": "a fixed camera",
    "return_last_frame": "the last frame as a picture too",
}
_TEXTS = {
    "negative_prompt": "What not to show.",
    "callback_url": "The address to call when the task ends.",
}
_FILES = {"first_clip": "The clip to extend: an address or a file."}
_MANY_FILES = {
    "videos": ("--reference-video", "A reference clip: an address or a file. Repeat the option for more."),
    "audios": ("--reference-audio", "A reference voice or sound: an address or a file. Repeat the option for more."),
}


def _parameters() -> list[inspect.Parameter]:
    found: list[tuple[str, Any, Any]] = []
    for name, words in _FLAGS.items():
        flag = name.replace("_", "-")
        found.append((name, bool | None, typer.Option(f"--{flag}/--no-{flag}", help=f"With {words}, or without.")))
    for name, words in (*_TEXTS.items(), *_FILES.items()):
        found.append((name, str | None, typer.Option(f"--{name.replace('_', '-')}", help=words)))
    for name, (flag, words) in _MANY_FILES.items():
        found.append((name, list[str] | None, typer.Option(flag, help=words)))
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option])
        for name, kind, option in found
    ]


def with_order_fields(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it is called with those that were given as `more`, a function that reads them."""
    own = inspect.signature(command, eval_str=True)
    names = [one.name for one in _PARAMETERS]

    @functools.wraps(command)
    def called(**given: Any) -> None:
        wanted = {name: given.pop(name) for name in names}
        command(**given, more=functools.partial(_read, wanted))

    kept = [one for one in own.parameters.values() if one.name != "more"]
    kept = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept]
    shown: Any = called  # a function has no such attribute for a type checker
    shown.__signature__ = inspect.Signature([*kept, *_PARAMETERS])
    shown.__annotations__ = {one.name: one.annotation for one in (*kept, *_PARAMETERS)} | {"return": None}
    return called


def _read(given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that were given, files as data URIs. Raises OSError."""
    found = {name: value for name, value in given.items() if value not in (None, "", [])}
    for name in _FILES:
        if name in found:
            found[name] = address(found[name])
    for name in _MANY_FILES:
        if name in found:
            found[name] = [address(one) for one in found[name]]
    return found


_PARAMETERS = _parameters()
