"""Checks that the parts of a catalog row are consistent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reelgate.catalog.model import DurationRule, Model
from reelgate.catalog.prices import PriceRule
from reelgate.catalog.shapes import faults as shape_faults
from reelgate.catalog.shapes import tiers


def check_record(record: Model | PriceRule) -> None:
    """Raise ValueError if a row's parts contradict each other."""
    if isinstance(record, Model):
        _check_model(record)
    else:
        _check_rule(record)


def _check_model(model: Model) -> None:
    missing_price = sorted({tier for tier in model.resolutions for rates in _rates(model) if rates.get(tier, 0) <= 0})
    without_shape = [tier for tier in model.resolutions if tier not in tiers(model.shapes)]
    lengths = [model.duration, *(rule.duration for rule in model.modes.values() if rule.duration)]
    faults = {
        "modes: at least one is needed": not model.modes,
        "default_resolution: it must be one of `resolutions`": model.default_resolution not in model.resolutions,
        "default_ratio: it must be one of `ratios`": model.ratios and model.default_ratio not in model.ratios,
        f"price.per_second: it has nothing for {', '.join(missing_price)}": missing_price,
        f"shapes: {model.shapes} has no sizes for {', '.join(without_shape)}": without_shape,
        f"shapes: {next(shape_faults(model.shapes), '')}": any(shape_faults(model.shapes)),
        "duration: min is above max": any(rule.min > rule.max for rule in lengths),
        "duration: lengths rise from min to max, and the default is one of them": not all(map(_is_listed, lengths)),
        "upstreams: one names no id": not all(one.ids for one in model.upstreams),
        "upstreams: one is for a mode that the model does not have": any(
            set(one.modes) - model.modes.keys() for one in model.upstreams
        ),
        "standin: models is empty; name at least one": model.standin and not model.standin.models,
        "standin: a model can't stand in for itself": model.standin and model.id in model.standin.models,
        "rules: price rules are rows of their own": model.rules,
        "price.free: it has prices by tier as well": model.price.free and model.price.per_second,
    }
    for fault, present in faults.items():
        if present:
            raise ValueError(f"{model.id}: {fault}")


def _is_listed(rule: DurationRule) -> bool:
    listed = rule.lengths
    if not listed:
        return True
    rises = list(listed) == sorted(set(listed))
    return rises and (listed[0], listed[-1]) == (rule.min, rule.max) and rule.default in (*listed, 0, -1)


def _check_rule(rule: PriceRule) -> None:
    rates = (rule.per_second, rule.per_task, rule.per_million_tokens, rule.minimum)
    faults = {
        "name: it is missing; clients see by it what priced their task": not rule.name,
        "it costs nothing; say per_second, per_task, per_million_tokens or minimum": not any(rates),
        "prices are whole numbers of micro-units, 0 or more": min(*rates, rule.default_seconds) < 0,
        "from: it is not before until": rule.since and rule.until and rule.since >= rule.until,
        "source and date: say where the figures come from": not (rule.source and rule.date),
    }
    for fault, present in faults.items():
        if present:
            raise ValueError(fault)


def _rates(model: Model) -> Iterator[Mapping[str, int]]:
    """Yield every table of prices by tier that a row has; one without any tier leaves them to the rules."""
    for price in (model.price, *(rule.price for rule in model.modes.values() if rule.price)):
        if price.per_second and not price.free:
            yield price.per_second
        if price.offpeak:
            yield price.offpeak
