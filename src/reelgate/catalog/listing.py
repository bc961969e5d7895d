"""The models as `GET /v1/models` lists them: what OpenAI's clients read, and modes, limits and prices besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from reelgate.catalog.model import DurationRule, MediaRule, Model, ModeRule


def listing(catalog: Iterable[Model]) -> dict[str, Any]:
    """Return the list, each id once; an id that several dialects sell carries the others' terms in `also`."""
    by_id: dict[str, list[Model]] = {}
    for model in catalog:
        by_id.setdefault(model.id, []).append(model)
    return {"object": "list", "data": [_entry(models) for models in by_id.values()]}


def _entry(models: list[Model]) -> dict[str, Any]:
    first, *others = models
    return {
        "id": first.id,
        "object": "model",
        "created": first.created,
        "owned_by": first.owned_by,
        "supported_endpoint_types": ["video"],
        "title": first.title,
        **_terms(first),
        **({"also": [_terms(model) for model in others]} if others else {}),
    }


def _terms(model: Model) -> dict[str, Any]:
    return {
        "dialect": model.dialect,
        "modes": {mode.value: _mode(rule) for mode, rule in model.modes.items()},
        "limits": {
            "resolutions": model.resolutions,
            "default_resolution": model.default_resolution,
            "ratios": model.ratios,
            "default_ratio": model.default_ratio,
            "duration": _duration(model.duration),
            "prompt_max": model.prompt_max,
            "negative_prompt_max": model.negative_prompt_max,
            "seed_max": model.seed_max,
        },
        "price": {
            "micros_per_second": {tier: model.price.per_second[tier] for tier in model.resolutions},
            "source": model.price.source,
            "date": model.price.date,
        },
    }


def _mode(rule: ModeRule) -> dict[str, Any]:
    return {
        "prompt": rule.prompt,
        "ratio": rule.ratio,
        "inputs": [_stated(media) for media in rule.media],
        **({"min_references": rule.min_references} if rule.min_references else {}),
        **({"max_references": rule.max_references} if rule.max_references else {}),
    }


def _duration(rule: DurationRule) -> dict[str, Any]:
    stated = _stated(rule)
    if not rule.from_source:
        del stated["source_max"]
    return stated


def _stated(rule: MediaRule | DurationRule) -> dict[str, Any]:
    """Return a rule as plain data, without the limits that it does not set."""
    return {key: value for key, value in msgspec.to_builtins(rule).items() if value or key in {"min", "max"}}
