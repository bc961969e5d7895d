"""Where renders are made: the table `[renders]` of the operator's file."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

HERE = "here"


class Renders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`here`: in processes of this server; `ray`: on the nodes of a Ray cluster.

    `at_once` renders of the built-in engine, each of which takes `cpus` of a node; a job of an account with a model
    takes `gpus`, of its `processes` at once.
    """

    engine: Literal["here", "ray"] = "here"
    address: str = ""
    """Of the cluster's head, such as 10.0.0.1:6379."""
    at_once: Annotated[int, msgspec.Meta(ge=1)] = 16
    cpus: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    gpus: Annotated[float, msgspec.Meta(ge=0)] = 1.0


class _File(msgspec.Struct, frozen=True):
    renders: Renders = Renders()


def renders_of(config: Path | None) -> Renders:
    """Return what a file says of renders.

    Raises ValueError in one line, OSError, and ModuleNotFoundError where Ray is not installed.
    """
    if config is None:
        return Renders()
    try:
        found = msgspec.convert(tomllib.loads(config.read_text(encoding="utf-8")), _File).renders
    except ValueError as error:
        raise ValueError(f"{config}: {error}") from None
    if found.engine == HERE:
        return found
    if not found.address:
        raise ValueError(f"{config}: renders: address: engine ray needs the cluster's, such as 10.0.0.1:6379")
    if importlib.util.find_spec("ray") is None:
        raise ModuleNotFoundError("No module named 'ray'", name="ray")
    return found
