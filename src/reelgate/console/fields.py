"""What of a model's row the Studio asks for: only the fields that it takes, with its ranges and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from reelgate.catalog import Catalog, Model
from reelgate.request import Mode


class Fields(msgspec.Struct, frozen=True):
    """The fields of one model."""

    model: str
    title: str
    needs_image: bool
    takes_image: bool
    lengths: tuple[int, int, int]
    """The shortest, the longest and the usual length, in seconds."""
    resolutions: tuple[str, ...]
    resolution: str
    ratios: tuple[str, ...]
    ratio: str
    negative: bool
    seed_max: int
    prompt_max: int


def fields_of(model: Model) -> Fields:
    """Return the fields of a model."""
    mode = Mode.TEXT if Mode.TEXT in model.modes else next(iter(model.modes))
    rule = model.duration_in(mode)
    return Fields(
        model=model.id,
        title=model.title,
        needs_image=Mode.TEXT not in model.modes,
        takes_image=Mode.IMAGE in model.modes,
        lengths=(rule.min, rule.max, rule.default),
        resolutions=tuple(model.resolutions),
        resolution=model.default_resolution,
        ratios=tuple(ratio for ratio in model.ratios_in(mode) if ":" in ratio),
        ratio=model.ratio_in(mode),
        negative=bool(model.negative_prompt_max),
        seed_max=model.seed_max,
        prompt_max=model.prompt_max,
    )


def offered(catalog: Catalog) -> dict[str, Model]:
    """Return the models that the Studio can fill in, by id: those that begin with words or with a picture."""
    return {model.id: model for model in catalog if {Mode.TEXT, Mode.IMAGE} & set(model.modes)}


def body_of(form: Mapping[str, str], fields: Fields, image: str = "") -> dict[str, Any]:
    """Return the create that a form asks for, in the house dialect; a number that is none stays as it was typed."""
    body: dict[str, Any] = {"model": fields.model, "prompt": form.get("prompt", "")}
    for name in ("duration", "seed"):
        text = form.get(name, "").strip()
        if text:
            body[name] = int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else text
    for name in ("resolution", "ratio", "negative_prompt"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    if "audio" in form:
        body["audio"] = form["audio"] == "on"
    if image:
        body["image"] = image
        body.pop("ratio", None)  # the picture decides it
    return body
