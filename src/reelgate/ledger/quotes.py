"""What a request costs before it is made, and what its finished video is charged. Whole micro-units throughout."""

from __future__ import annotations

from reelgate.catalog import Model
from reelgate.errors import InvalidField
from reelgate.request import AUTO_DURATION, VideoRequest


def quote(model: Model, request: VideoRequest) -> int:
    """Return the price to hold: what a second costs at the request's tier, times the seconds it may come to.

    Those are the requested ones; the most the model makes where it chooses the length; and for an edit the declared
    ones, else what its price says, else the most of the source that is used. Raises InvalidField where there is no
    price, for nothing is made for free by mistake.
    """
    return _per_second(model, request) * (_agreed_seconds(model, request) or _most_seconds(model, request))


def charge(model: Model, request: VideoRequest, delivered_seconds: int, *, held: int) -> int:
    """Return what a finished video is charged: the delivered seconds where none were agreed on, else all that is held.

    Never more than `held`, whatever the catalog says by then.
    """
    if _agreed_seconds(model, request):
        return held
    return min(held, _per_second(model, request) * delivered_seconds)


def _agreed_seconds(model: Model, request: VideoRequest) -> int:
    """Return the seconds that are billed whatever is delivered; 0 where the delivered ones are."""
    if request.duration == AUTO_DURATION:
        return 0
    return request.duration or model.price_in(request.mode).default_seconds


def _most_seconds(model: Model, request: VideoRequest) -> int:
    rule = model.duration_in(request.mode)
    return rule.source_max if rule.from_source else rule.max


def _per_second(model: Model, request: VideoRequest) -> int:
    rates = model.price_in(request.mode)
    price = (rates.offpeak if request.offpeak else rates.per_second).get(request.resolution, 0)
    if price <= 0 or request.resolution not in model.resolutions:
        raise InvalidField.not_one_of("resolution", request.resolution, model.resolutions)
    return price
