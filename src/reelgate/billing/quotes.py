"""What a request costs before it is made, and what its finished video is charged. Whole micro-units throughout."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from reelgate.billing.metering import delivered, expected
from reelgate.billing.terms import Measure, Terms, decode
from reelgate.catalog import Model, PriceRule
from reelgate.errors import NoPrice
from reelgate.request import Output, VideoRequest
from reelgate.tasks.projects import PPM


class Quote(msgspec.Struct, frozen=True):
    """A price: what is held, on which terms, by which rule."""

    micros: int
    terms: Terms
    rule: PriceRule


def quote(model: Model, request: VideoRequest, *, at: int, multiplier_ppm: int = PPM) -> Quote:
    """Return the price to hold of a request that comes `at` (ms): the most that its video may be charged.

    Its seconds are the requested ones; the most the model makes where it chooses the length; and for an edit the
    declared ones, else what its price says, else the most of the source that is used. Raises NoPrice if nothing
    prices it, for nothing is made for free by mistake.
    """
    rule = model.price_rule(request, at)
    if rule is None:
        raise NoPrice(_unpriced(model, request))
    count = expected(model, request, rule.default_seconds, tokens=bool(rule.per_million_tokens))
    terms = Terms(
        rule=rule.name,
        held=count.measure,
        per_second=rule.per_second,
        per_task=rule.per_task,
        per_million_tokens=rule.per_million_tokens,
        minimum=rule.minimum,
        multiplier_ppm=multiplier_ppm,
        by_output=rule.by_output or not count.known,
        agreed_seconds=0 if rule.by_output else count.agreed_seconds,
    )
    return Quote(terms.price(count.measure), terms, rule)


def quote_parts(parts: Sequence[tuple[Model, VideoRequest]], *, at: int, multiplier_ppm: int = PPM) -> Quote:
    """Return the price of a video that is made in parts: their prices together, held and charged as one sum.

    Raises NoPrice if one of them has no price.
    """
    if len(parts) == 1:
        return quote(*parts[0], at=at, multiplier_ppm=multiplier_ppm)
    found = [quote(model, request, at=at) for model, request in parts]
    held = Measure(sum(one.terms.held.seconds for one in found), sum(one.terms.held.tokens for one in found))
    terms = Terms(
        rule=" + ".join(one.rule.name for one in found),
        held=held,
        per_task=sum(one.micros for one in found),
        multiplier_ppm=multiplier_ppm,
    )
    return Quote(terms.price(held), terms, replace(found[0].rule, name=terms.rule))


def charge(model: Model, request: VideoRequest, output: Output, *, held: int, terms: str | None, at: int) -> int:
    """Return what a finished video is charged: what was held where its file has what was agreed on, else what it has.

    Never more than `held`. A task that is older than its terms (None) is charged by the catalog of `at`, its creation.
    """
    order = request.order
    if order is not None and order.parts:  # priced as one sum, of which as much is due as was made of the new seconds
        made = max(1, order.seconds - max(0, request.total_seconds - output.duration))
        return -(-held * made // order.seconds)
    agreed = decode(terms) if terms else quote(model, request, at=at).terms
    if not agreed.by_output and output.duration >= agreed.agreed_seconds:
        return held
    tokens = bool(agreed.per_million_tokens)
    return min(held, agreed.price(delivered(request, output, agreed.agreed_seconds, tokens=tokens)))


def _unpriced(model: Model, request: VideoRequest) -> str:
    traits = [request.mode.value, request.resolution, "with sound" if request.audio else "silent"]
    traits += ["off-peak"] if request.offpeak else []
    return f"there is no price for {model.id} with {', '.join(traits)}; the operator has to set one first"
