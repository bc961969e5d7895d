"""The models as `GET /v1/models` lists them: OpenAI's fields, with modes, limits and prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from reelgate.catalog.model import DurationRule, MediaRule, Model, ModeRule
from reelgate.catalog.prices import Price, PriceRule
from reelgate.catalog.taken import FieldRule, FieldState, fields_in
from reelgate.request import Mode


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
        **({"stands_in": first.standin.models} if first.standin else {}),
        **_terms(first),
        **({"also": [_terms(model) for model in others]} if others else {}),
    }


def _terms(model: Model) -> dict[str, Any]:
    return {
        "dialect": model.dialect,
        "modes": {mode.value: _mode(model, mode, rule) for mode, rule in model.modes.items()},
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
        "price": _price(model, model.price),
        **({"price_rules": [_rule(rule) for rule in model.rules]} if model.rules else {}),
        **({"options": model.options} if model.options else {}),
    }


def _mode(model: Model, mode: Mode, rule: ModeRule) -> dict[str, Any]:
    """Return a mode's terms; ratios, duration and price stand there where they differ from the model's."""
    return {
        "prompt": rule.prompt,
        "ratio": rule.ratio,
        "inputs": [_stated(media) for media in rule.media],
        **({"min_references": rule.min_references} if rule.min_references else {}),
        **({"max_references": rule.max_references} if rule.max_references else {}),
        **({"ratios": rule.ratios} if rule.ratios else {}),
        **({"duration": _duration(rule.duration)} if rule.duration else {}),
        **({"price": _price(model, rule.price)} if rule.price else {}),
        **({"counts_clip": True} if rule.counts_clip else {}),
        **({"frames_alike": rule.frames_alike} if rule.frames_alike else {}),
        "fields": _fields(model, mode, rule),
    }


def _fields(model: Model, mode: Mode, rule: ModeRule) -> dict[str, Any]:
    """Return which fields count in a mode, and how an optional input changes that."""
    usual = fields_in(model, mode)
    needed = {media.role for media in rule.media if media.min}
    spare = {media.role for media in rule.media} - needed
    with_spare = {role: fields_in(model, mode, needed | {role}) for role in sorted(spare)}
    changed = {
        role.value: {name: _ignored(one) for name, one in found.items() if one != usual[name]}
        for role, found in with_spare.items()
    }
    changed = {role: fields for role, fields in changed.items() if fields}
    return {
        "taken": [name for name, one in usual.items() if one.state is FieldState.TAKEN],
        "ignored": {name: _ignored(one) for name, one in usual.items() if one.state is FieldState.IGNORED},
        "absent": [name for name, one in usual.items() if one.state is FieldState.ABSENT],
        **({"ignored_with": changed} if changed else {}),
    }


def _ignored(rule: FieldRule) -> dict[str, str]:
    decider = rule.decided_by
    told = {"decided_by": decider.value, "reason": decider.reason} if decider else {}
    return {**told, **({"value": rule.value} if rule.value else {})}


def _price(model: Model, price: Price) -> dict[str, Any]:
    tiers = model.resolutions if price.per_second else ()
    offpeak = {"offpeak_micros_per_second": {tier: price.offpeak[tier] for tier in tiers}} if price.offpeak else {}
    per_second = dict.fromkeys(model.resolutions, 0) if price.free else {t: price.per_second[t] for t in tiers}
    return {"micros_per_second": per_second, **offpeak, "source": price.source, "date": price.date}


def _rule(rule: PriceRule) -> dict[str, Any]:
    """Return what a rule says, without which models it was written for."""
    return {key: value for key, value in msgspec.to_builtins(rule).items() if key not in {"models", "dialects"}}


def _duration(rule: DurationRule) -> dict[str, Any]:
    stated = _stated(rule)
    if not rule.from_source:
        del stated["source_max"]
    return stated


def _stated(rule: MediaRule | DurationRule) -> dict[str, Any]:
    """Return a rule as plain data, without the limits that it does not set."""
    return {key: value for key, value in msgspec.to_builtins(rule).items() if value or key in {"min", "max"}}
