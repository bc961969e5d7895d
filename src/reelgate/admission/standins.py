"""Chooses the model that makes a video ordered under a name which stands for others. It is chosen once, at create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reelgate.catalog import Catalog, Model
from reelgate.catalog.rules import check
from reelgate.catalog.standins import made_with, makers
from reelgate.conductor.routing import Router, is_own
from reelgate.dialects.port import Parsed
from reelgate.errors import InvalidField, NobodyMakesIt, UnknownModel
from reelgate.request import Mode, VideoRequest

Names = Mapping[str, str]


class StandIns:
    """Turns orders under stand-ins into requests to the models that make them."""

    def __init__(self, catalog: Catalog, router: Router) -> None:
        self._catalog = catalog
        self._router = router

    def settled(self, parsed: Parsed) -> Parsed:
        """Return a parsed call as its maker gets it, checked by the model's rules and, where one stands in, by both's.

        Raises InvalidField with what can be had where nobody takes the job as it is, and NobodyMakesIt.
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

    def priced(self, model: Model, request: VideoRequest) -> tuple[Model, VideoRequest]:
        """Return the row by which a settled request is priced, and the request that it prices."""
        named = self._named(request)
        if named is None or named.standin is None or not named.standin.own_price:
            return model, request
        return named, request.ordered

    def asked(self, request: VideoRequest) -> tuple[Model, VideoRequest] | None:
        """Return the row of the name that a request was ordered under, and the order; None for no such request."""
        named = self._named(request)
        return (named, request.ordered) if named is not None else None

    def makers(self, standin: Model, mode: Mode) -> Iterator[Model]:
        """Yield who makes a mode of a stand-in here, in the order of asking; the built-in engine where nobody does."""
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
        return bool(self._router.able(model, mode)) or (is_own(model) and self._router.draws(model, mode))

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
        raise (
            self._refusal(standin, usable, request, names)
            or next(iter(refusals), None)
            or _no_size(standin, usable, request, names)
        )

    def _taken(self, standin: Model, model: Model, request: VideoRequest, names: Names) -> VideoRequest | None:
        """Return the request as a model gets it, None where it makes no such size. Raises InvalidField."""
        found = made_with(standin, model, request)
        return None if found is None else check(model, found, names)

    def _refusal(self, standin: Model, usable: list[Model], request: VideoRequest, names: Names) -> InvalidField | None:
        """Return what tells the lengths that can be had, None where it is not the length that nobody makes."""
        rule = standin.duration_in(request.mode)
        lengths = rule.lengths or tuple(range(rule.min, rule.max + 1))
        had = [s for s in lengths if self._any(standin, usable, replace(request, duration=s), names)]
        if not had or request.duration in had or rule.from_source:
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


def _no_size(standin: Model, usable: list[Model], request: VideoRequest, names: Names) -> InvalidField:
    """Return the refusal of a size that nobody makes, with the sizes of the stand-in that somebody makes."""
    tried = [
        replace(request, resolution=tier, ratio=ratio)
        for tier in standin.resolutions
        for ratio in standin.ratios_in(request.mode)
    ]
    orders = [found.order for one in tried for model in usable if (found := made_with(standin, model, one))]
    had = dict.fromkeys(f"{order.width}x{order.height}" for order in orders if order)
    field = names.get("resolution", "size")
    return InvalidField.not_one_of(field, f"{request.resolution}, {request.ratio}", tuple(had))
