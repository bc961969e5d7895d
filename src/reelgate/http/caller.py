"""The caller and the object of a call, which the handlers of declared routes get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from starlette.requests import Request

from reelgate.access.load_shedding import Passage
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Dialect, Links, Route
from reelgate.dialects.query import Query
from reelgate.http.body import read_small
from reelgate.http.links import LinkMaker
from reelgate.http.strictness import is_strict
from reelgate.tasks.assets import Asset, AssetGroup
from reelgate.tasks.batches import Batch, TextFile
from reelgate.tasks.projects import Key
from reelgate.tasks.record import Task

Thing = Task | Asset | AssetGroup | Batch | TextFile
"""What a call can be about."""

_Thing = TypeVar("_Thing", Task, Asset, AssetGroup, Batch)


class Visitor:
    """The caller of a route that needs no key."""

    def __init__(self, request: Request, links: LinkMaker) -> None:
        self.request = request
        self._links = links

    @cached_property
    def parameters(self) -> Mapping[str, Sequence[str]]:
        """The address's parameters, each with all its values."""
        query = self.request.query_params
        return {name: query.getlist(name) for name in query}

    @cached_property
    def query(self) -> Query:
        """The address's parameters, read by name."""
        return Query(self.parameters)

    @cached_property
    def links(self) -> Links:
        """Makes links to tasks' files at the address that the call came to."""
        return self._links.under(*self._origin())

    @property
    def strict(self) -> bool:
        """Whether the call wants to be refused where it says what is not known."""
        return is_strict(self.request.headers.get("prefer"))

    @property
    def base(self) -> str:
        """The address of this server, as the caller knows it."""
        return self._links.base(*self._origin())

    def asset_link(self, asset: Asset) -> str:
        """Return a link to an asset's file."""
        return self._links.of_asset(asset, *self._origin())

    def _origin(self) -> tuple[str, str]:
        return self.request.url.scheme, self.request.headers.get("host", "")


class Caller(Visitor):
    """The holder of a key that opens the route.

    `check` looks the key up once more, for answers that last. Raises what KeyRing.check raises.
    """

    def __init__(self, request: Request, links: LinkMaker, check: Callable[[], Key]) -> None:
        super().__init__(request, links)
        self.check = check
        self.key = check()
        self.passage: Passage | None = None
        """Where the route names a door: what the caller passed there."""
        self.owned: Thing | None = None
        self._fields: Fields | None = None

    @property
    def strict(self) -> bool:
        """Whether the call or its key wants to be refused where the call says what is not known."""
        return self.key.strict or super().strict

    @property
    def project_id(self) -> str:
        """The project that the key belongs to."""
        return self.key.project_id

    @property
    def rates(self) -> dict[str, str]:
        """The headers that say how much of the door's rate is left; none where the route names no door."""
        return dict(self.passage.headers) if self.passage is not None else {}

    @property
    def task(self) -> Task:
        """The task that the route is about, the caller's own."""
        return self._own(Task)

    @property
    def asset(self) -> Asset:
        """The asset that the route is about, the caller's own."""
        return self._own(Asset)

    @property
    def group(self) -> AssetGroup:
        """The group of assets that the route is about, the caller's own."""
        return self._own(AssetGroup)

    @property
    def batch(self) -> Batch:
        """The batch that the route is about, the caller's own."""
        return self._own(Batch)

    @property
    def file(self) -> TextFile | Asset:
        """The upload or document that the route is about, the caller's own."""
        return self.owned if isinstance(self.owned, TextFile) else self._own(Asset)

    async def fields(self) -> Fields:
        """Return the body, a JSON object without media, read by name. Raises MalformedBody and BodyTooLarge."""
        if self._fields is None:
            self._fields = Fields(await read_small(self.request.scope, self.request.receive, self.passage))
        return self._fields

    def _own(self, kind: type[_Thing]) -> _Thing:
        if not isinstance(self.owned, kind):
            raise LookupError(f"{self.request.url.path} declares no {kind.__name__} as its owner")
        return self.owned


class DialectCaller(Caller):
    """A caller at a dialect's address. `speaker` has the methods that its routes' operations ask for."""

    speaker: Dialect
    route: Route
