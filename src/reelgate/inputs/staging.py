"""Copies a task's inputs to the media store before any provider is called."""

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
from reelgate.tasks.record import Task

Link = Callable[[Task, str], str]
"""Makes the public address of a task's file, for vendors that fetch inputs."""


class Staging:
    """Fetches, probes, checks and keeps inputs; the same checks serve admission and the conductor."""

    def __init__(self, intake: Intake, store: MediaStore, link: Link | None = None) -> None:
        self._intake = intake
        self._store = store
        self._link = link

    async def within(self, model: Model, request: VideoRequest, seconds: float, project: str) -> VideoRequest:
        """Stage what arrives within `seconds`; the rest stays unstaged. Raises MediaRefused."""
        if not request.media:
            return request
        check = _check(model, request)
        media = await self._intake.take_all(request.media, check, budget_seconds=seconds, project=project)
        return _checked(model, replace(request, media=media))

    async def all(self, model: Model, request: VideoRequest, project: str) -> VideoRequest:
        """Stage every input that is still missing, however long its fetch may take. Raises MediaRefused."""
        check = _check(model, request)
        media = await together(self._intake.take(item, check, project=project) for item in request.media)
        return _checked(model, replace(request, media=media))

    async def files(self, task: Task) -> tuple[Staged, ...]:
        """Return the staged inputs as local files, with public links.

        Raises FileNotFoundError when one is gone, OSError when one can't be had for now.
        """
        return tuple([await self._file(task, number) for number in range(len(task.request.media))])

    async def local(self, request: VideoRequest) -> tuple[Staged, ...]:
        """Return a request's staged inputs as local files, without links to them. Raises as `files` does."""
        return tuple(
            [
                Staged(m.kind, m.role, await self._store.local(m.blob), m.facts, "", m.name, m.description)
                for m in request.media
                if m.facts is not None
            ]
        )

    async def _file(self, task: Task, number: int) -> Staged:
        item = task.request.media[number]
        if item.facts is None:
            raise FileNotFoundError(item.field)
        link = self._link(task, f"input-{number}") if self._link else ""
        path = await self._store.local(item.blob)
        return Staged(item.kind, item.role, path, item.facts, link, item.name, item.description)


def _check(model: Model, request: VideoRequest) -> Callable[[Media], None]:
    return partial(check_media, model, request)


def _checked(model: Model, request: VideoRequest) -> VideoRequest:
    check_totals(model, request)
    return request
