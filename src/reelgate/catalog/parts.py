"""A video in parts: a model that extends clips makes each part from the end of the part before."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.catalog.model import Model
from reelgate.request import Facts, Media, MediaKind, Mode, Order, Part, Role, VideoRequest

_LEAST_TAIL = 2


def tail_seconds(model: Model) -> int:
    """Return how many seconds of the earlier video a model needs to continue it; 0 if it can't."""
    rule = model.modes.get(Mode.EXTEND)
    clip = rule.rule_for(Role.FIRST_CLIP, MediaKind.VIDEO) if rule else None
    if rule is None or clip is None or not rule.counts_clip:
        return 0
    return max(_LEAST_TAIL, round(clip.min_seconds + 0.49))


def new_seconds(model: Model) -> tuple[int, int]:
    """Return the least and the most new seconds that a model adds to a tail."""
    rule, tail = model.duration_in(Mode.EXTEND), tail_seconds(model)
    return max(1, rule.min - tail), rule.max - tail


def split(model: Model, seconds: int) -> tuple[int, ...]:
    """Return the lengths of the parts in which a model adds so many new seconds; empty if it can't."""
    least, most = new_seconds(model)
    if not tail_seconds(model) or most < least or seconds < least:
        return ()
    count = -(-seconds // most)
    share, over = divmod(seconds, count)
    lengths = tuple(share + (number < over) for number in range(count))
    return lengths if min(lengths) >= least else ()


def part_of(request: VideoRequest, number: int) -> VideoRequest:
    """Return the request of one part of a video, numbered from 0, as it is priced: with a tail of its length."""
    order = request.order
    if order is None:
        return request
    part = order.parts[number]
    going_on = order.extends or number > 0
    first = order.inputs if order.at > 0 or order.made else request.media
    media = (_tail(part),) if going_on else first
    return replace(
        request,
        model=part.model,
        mode=Mode.EXTEND if going_on else order.mode,
        resolution=part.resolution,
        ratio=part.ratio,
        duration=part.seconds + (part.tail if going_on else 0),
        media=media,
    )


def goes_on_from(request: VideoRequest) -> Media | None:
    """Return the film whose tail the request still needs, None if it needs none."""
    order = request.order
    if order is None:
        return None
    if order.extends and not order.made:
        return request.of(Role.FIRST_CLIP)[0]
    return order.made[-1] if order.made and not request.media else None


def with_tail(request: VideoRequest, film: Media, tail: Media) -> VideoRequest:
    """Return the request with the tail of a film as the clip to extend."""
    order = request.order
    if order is None:
        return request
    if not order.made:
        order = replace(order, made=(film,), inputs=request.media)
    return replace(request, media=(tail,), order=order)


def next_part(request: VideoRequest, film: Media) -> VideoRequest | None:
    """Return the request of the part that follows once `film` is made, None after the last one."""
    order = request.order
    if order is None or not order.left:
        return None
    inputs = order.inputs if order.made else request.media
    part = order.parts[order.at + 1]
    order = replace(order, at=order.at + 1, made=(*order.made, film), inputs=inputs, sold_by=part.sold_by)
    following = replace(request, order=order)
    return replace(part_of(following, order.at), media=(), order=order)


def pieces(order: Order, seconds: float) -> tuple[tuple[float, float], ...]:
    """Return of each film of a finished video, the last one `seconds` long, where its piece begins and how long it is.

    A part that is about as long as it was ordered counts as just that.
    """
    own = order.parts[: order.at]
    before = [_piece(film.facts, None) for film in order.made[: len(order.made) - len(own)] if film.facts]
    before += [
        _piece(film.facts, (part, number > 0 or order.extends))
        for number, (film, part) in enumerate(zip(order.made[len(before) :], own, strict=True))
        if film.facts
    ]
    part = order.parts[order.at]
    return (*before, (float(part.tail), min(float(part.seconds), max(0.1, seconds - part.tail + _SLACK))))


_SLACK = 0.5


def _piece(facts: Facts, part: tuple[Part, bool] | None) -> tuple[float, float]:
    if part is None:
        return 0.0, facts.seconds
    made, going_on = part
    start = float(made.tail) if going_on else 0.0
    return start, min(float(made.seconds), facts.seconds - start + _SLACK)


def end_of(request: VideoRequest, film: Media) -> float:
    """Return the second of a film at which the next part begins: the end of the used part."""
    order = request.order
    seconds = film.facts.seconds if film.facts else 0.0
    if order is None or order.at == 0 or not order.parts:
        return seconds
    part = order.parts[order.at - 1]
    start = part.tail if order.extends or order.at > 1 else 0
    return min(seconds, float(start + part.seconds))


def _tail(part: Part) -> Media:
    facts = Facts(kind=MediaKind.VIDEO, format="mp4", bytes=0, seconds=float(part.tail), fps=24.0)
    return Media(kind=MediaKind.VIDEO, role=Role.FIRST_CLIP, field="video", facts=facts)
