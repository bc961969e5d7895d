"""Chooses the model that makes a video ordered under a stand-in's name. It is chosen once, at create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reelgate.catalog import Catalog, Model
from reelgate.catalog.parts import part_of, split, tail_seconds
from reelgate.catalog.rules import check
from reelgate.catalog.standins import made_with, makers, tier_of
from reelgate.conductor.routing import Router, is_own
from reelgate.dialects.port import Parsed
from reelgate.errors import InvalidField, NobodyMakesIt, UnknownModel
from reelgate.request import Mode, Part, VideoRequest

_OF_CLIPS = frozenset({Mode.EDIT, Mode.EXTEND, Mode.REFERENCE})
"""What comes with a clip."""

Names = Mapping[str, str]


class StandIns:
    """Turns orders under stand-ins into requests to the models that make them."""

    def __init__(self, catalog: Catalog, router: Router, *, reachable: bool = False) -> None:
        """`reachable`: vendors can fetch inputs from this server, which is the only way in which they take clips."""
        self._reachable = reachable
        self._catalog = catalog
        self._router = router

    def settled(self, parsed: Parsed) -> Parsed:
        """Return a parsed call as its maker gets it, checked by the model's rules and, where one stands in, by both's.

        Raises InvalidField with the allowed values if no account takes the job as it is, and NobodyMakesIt.
        """
        request = check(parsed.model, parsed.request, parsed.names)
        if parsed.model.standin is None:
            return replace(parsed, request=request)
        try:
            model, request = self._chosen(parsed.model, request, parsed.names)
        except (InvalidField, UnknownModel):
            if parsed.otherwise is None:
                raise
            request = check(parsed.model, parsed.otherwise, parsed.names)
            model, request = self._chosen(parsed.model, request, parsed.names)
        return replace(parsed, model=model, request=request)

    def priced(self, model: Model, request: VideoRequest) -> tuple[tuple[Model, VideoRequest], ...]:
        """Return the rows by which a settled request is priced, and what each prices: one for each of its parts."""
        named = self._named(request)
        if named is not None and named.standin is not None and named.standin.own_price:
            return ((named, request.ordered),)
        order = request.order
        if order is None or not order.parts:
            return ((model, request),)
        rows = [self._catalog.of(part.model, part.sold_by) for part in order.parts]
        return tuple((row, part_of(request, number)) for number, row in enumerate(rows))

    def asked(self, request: VideoRequest) -> tuple[Model, VideoRequest] | None:
        """Return the row of the name that a request was ordered under, and the order; None for no such request."""
        named = self._named(request)
        return (named, request.ordered) if named is not None else None

    def makers(self, standin: Model, mode: Mode) -> Iterator[Model]:
        """Yield the accounts that make a mode of a stand-in, in their order; the built-in engine if there are none."""
        found = [model for model in self._rows(standin) if self._makes(model, mode)]
        if not found and self._router.draws(standin, mode):
            found = [model for model in self._catalog if is_own(model) and mode in model.modes][:1]
        yield from found

    def _named(self, request: VideoRequest) -> Model | None:
        return self._catalog.find(request.order.model) if request.order else None

    def _rows(self, standin: Model) -> Iterator[Model]:
        """Yield the models that may make it: itself, where an account names it, and those of its list."""
        yield standin
        yield from makers(self._catalog, standin)

    def _makes(self, model: Model, mode: Mode) -> bool:
        """Whether an account makes a model, or the engine whose own it is."""
        if mode not in model.modes:
            return False
        if self._router.able(model, mode) and (self._reachable or mode not in _OF_CLIPS):
            return True
        return is_own(model) and self._router.draws(model, mode)

    def _chosen(self, standin: Model, request: VideoRequest, names: Names) -> tuple[Model, VideoRequest]:
        usable = list(self.makers(standin, request.mode))
        if not usable:
            raise NobodyMakesIt(standin.id, self._would(standin, request.mode))
        refusals: list[InvalidField] = []
        for model in usable:
            try:
                taken = self._taken(standin, model, request, names)
            except InvalidField as refusal:
                refusals.append(refusal)
            else:
                if taken is not None:
                    return model, taken
        in_parts = self._in_parts(standin, usable, request, names)
        if in_parts is not None:
            return in_parts
        raise (
            self._refusal(standin, usable, request, names)
            or next(iter(refusals), None)
            or _no_size(standin, usable, request, names)
        )

    def _taken(self, standin: Model, model: Model, request: VideoRequest, names: Names) -> VideoRequest | None:
        """Return the request as a model gets it, None if it makes no such size. Raises InvalidField."""
        found = made_with(standin, model, request)
        if found is not None and request.mode is Mode.EXTEND:
            found = _extending(model, found)
        return None if found is None else check(model, found, names)

    def _in_parts(
        self, standin: Model, usable: list[Model], request: VideoRequest, names: Names
    ) -> tuple[Model, VideoRequest] | None:
        """Return the first part of a video that no model makes at once, None if no model can extend a clip.

        The first part is as long as the name's own lengths allow.
        """
        if request.mode in (Mode.EDIT, Mode.EXTEND):
            return None
        rule = standin.duration_in(request.mode)
        lengths = [s for s in rule.lengths or range(rule.min, rule.max + 1) if s < request.duration]
        going_on = list(self._going_on(standin))
        for seconds in reversed(lengths):
            for model in usable:
                try:
                    first = self._taken(standin, model, replace(request, duration=seconds), names)
                except InvalidField:
                    continue
                for other in going_on if first is not None else ():
                    parts = _parts(model, first, other, request.duration) if first else ()
                    if first and first.order and parts:
                        order = replace(first.order, seconds=request.duration, parts=parts)
                        return model, replace(first, order=order)
        return None

    def _going_on(self, standin: Model) -> Iterator[Model]:
        """Yield the models of a list that extend a clip and return it with the extension."""
        for model in self._rows(standin):
            if tail_seconds(model) and self._makes(model, Mode.EXTEND):
                yield model

    def _refusal(self, standin: Model, usable: list[Model], request: VideoRequest, names: Names) -> InvalidField | None:
        """Return the error that lists the available lengths, None if the length is not the reason."""
        rule = standin.duration_in(request.mode)
        lengths = rule.lengths or tuple(range(rule.min, rule.max + 1))
        had = [s for s in lengths if self._any(standin, usable, replace(request, duration=s), names)]
        if not had or rule.from_source:
            return None
        field = names.get("duration", "duration")
        return InvalidField.out_of_range(field, request.duration, f"{', '.join(map(str, had))} seconds on this server")

    def _any(self, standin: Model, usable: list[Model], request: VideoRequest, names: Names) -> bool:
        for model in usable:
            try:
                if self._taken(standin, model, request, names) is not None:
                    return True
            except InvalidField:
                continue
        return False

    def _would(self, standin: Model, mode: Mode) -> list[str]:
        """Return the kinds of accounts that would make a stand-in's mode."""
        from_rows = (self._router.makers(model, mode) for model in self._rows(standin) if mode in model.modes)
        return list(dict.fromkeys(kind for kinds in from_rows for kind in kinds))


def _extending(model: Model, request: VideoRequest) -> VideoRequest | None:
    """Return an extension as the model gets it, in as many parts as it needs; None if the model can't make it."""
    lengths = split(model, request.duration) if tail_seconds(model) else ()
    order = request.order
    if not lengths or order is None:
        return None
    parts = tuple(_going_on_part(model, request.resolution, seconds) for seconds in lengths)
    order = replace(order, extends=True, parts=parts)
    return replace(request, duration=parts[0].tail + parts[0].seconds, order=order)


def _parts(model: Model, first: VideoRequest, other: Model, seconds: int) -> tuple[Part, ...]:
    """Return the parts of a video whose first part one model makes and another the rest; empty if impossible."""
    order = first.order
    lengths = split(other, seconds - first.duration)
    tier = tier_of(other, Mode.EXTEND, order.size) if order else None
    if not lengths or tier is None:
        return ()
    begin = Part(model.id, model.dialect, first.resolution, first.ratio, first.duration)
    return (begin, *(_going_on_part(other, tier, one) for one in lengths))


def _going_on_part(model: Model, tier: str, seconds: int) -> Part:
    return Part(model.id, model.dialect, tier, model.ratio_in(Mode.EXTEND), seconds, tail_seconds(model))


def _no_size(standin: Model, usable: list[Model], request: VideoRequest, names: Names) -> InvalidField:
    """Return the refusal of a size that no account makes, with the sizes of the stand-in that can be made."""
    tried = [
        replace(request, resolution=tier, ratio=ratio)
        for tier in standin.resolutions
        for ratio in standin.ratios_in(request.mode)
    ]
    orders = [found.order for one in tried for model in usable if (found := made_with(standin, model, one))]
    had = dict.fromkeys(f"{order.width}x{order.height}" for order in orders if order)
    field = names.get("resolution", "size")
    return InvalidField.not_one_of(field, f"{request.resolution}, {request.ratio}", tuple(had))
