"""Requests as dialects make them from a row's defaults."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from reelgate.catalog import Catalog, MediaRule, Model, load
from reelgate.request import Facts, Media, MediaKind, Mode, Role, VideoRequest

CATALOG: Catalog = load()
ROWS: list[Model] = list(CATALOG)
SOLD = [model for model in ROWS if model.standin is None]
"""Those with a price of their own."""

ROW_IDS = [f"{model.dialect}-{model.id}" for model in ROWS]


def row(dialect: str, model_id: str) -> Model:
    found = CATALOG.find(model_id, dialect)
    assert found is not None
    return found


def inputs(rule: MediaRule, count: int) -> tuple[Media, ...]:
    return tuple(Media(kind=rule.kind, role=rule.role, field=f"{rule.role}_{rule.kind}[{n}]") for n in range(count))


def least_inputs(model: Model, mode: Mode) -> tuple[Media, ...]:
    """The fewest inputs that the mode takes; none for a mode that the model has not."""
    if mode not in model.modes:
        return ()
    rules = model.modes[mode].media
    needed = tuple(item for rule in rules for item in inputs(rule, rule.min))
    return needed or (inputs(rules[0], 1) if model.modes[mode].min_references else ())


def request(model: Model, mode: Mode, **changes: Any) -> VideoRequest:
    """A request with the row's defaults, its least inputs and a prompt."""
    length = model.duration_in(mode)
    seconds = length.default or (length.min if length.required else 0)
    made = VideoRequest(
        model=model.id,
        mode=mode,
        prompt="一只猫在草地上奔跑",
        resolution=model.default_resolution,
        ratio=model.ratio_in(mode),
        duration=seconds,
        seed=-1,
        media=least_inputs(model, mode),
    )
    return replace(made, **changes)


def picture(width: int = 1280, height: int = 720, **changes: Any) -> Facts:
    return replace(Facts(MediaKind.IMAGE, "jpeg", 50_000, width, height), **changes)


def video(seconds: float = 5.0, **changes: Any) -> Facts:
    return replace(Facts(MediaKind.VIDEO, "mp4", 500_000, 1280, 720, seconds, 24.0), **changes)


def sound(seconds: float = 5.0, **changes: Any) -> Facts:
    return replace(Facts(MediaKind.AUDIO, "mp3", 80_000, seconds=seconds), **changes)


def given(role: Role, facts: Facts, field: str = "input") -> Media:
    return Media(kind=facts.kind, role=role, field=field, facts=facts)
