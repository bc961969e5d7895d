"""Brings a task's inputs into our own keeping before any provider is called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.catalog.media_rules import check_media, check_totals
from reelgate.media.intake import Intake, together
from reelgate.media.port import MediaStore
from reelgate.providers.port import Staged
from reelgate.request import Media, VideoRequest


class Staging:
    """Fetches, probes, checks and keeps inputs; the same checks serve admission and the conductor."""

    def __init__(self, intake: Intake, store: MediaStore) -> None:
        self._intake = intake
        self._store = store

    async def within(self, model: Model, request: VideoRequest, seconds: float) -> VideoRequest:
        """Stage what arrives within `seconds`; the rest stays unstaged. Raises MediaRefused."""
        if not request.media:
            return request
        media = await self._intake.take_all(request.media, _check(model, request), budget_seconds=seconds)
        return _checked(model, replace(request, media=media))

    async def all(self, model: Model, request: VideoRequest) -> VideoRequest:
        """Stage every input that is still missing, however long its fetch may take. Raises MediaRefused."""
        check = _check(model, request)
        media = await together(self._intake.take(item, check) for item in request.media)
        return _checked(model, replace(request, media=media))

    def files(self, request: VideoRequest) -> tuple[Staged, ...]:
        """Return the staged inputs as local files. Raises FileNotFoundError when one is gone."""
        return tuple(_file(self._store, item) for item in request.media)


def _check(model: Model, request: VideoRequest) -> Callable[[Media], None]:
    return partial(check_media, model, request)


def _checked(model: Model, request: VideoRequest) -> VideoRequest:
    check_totals(model, request)
    return request


def _file(store: MediaStore, item: Media) -> Staged:
    if item.facts is None:
        raise FileNotFoundError(item.field)
    return Staged(kind=item.kind, role=item.role, path=store.local(item.blob), facts=item.facts)
