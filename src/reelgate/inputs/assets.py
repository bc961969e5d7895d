"""Assets from addresses, fetched in the background, and assets named in requests."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from reelgate import limits
from reelgate.clock import Clock
from reelgate.errors import MediaRefused, ServiceError
from reelgate.fault_log import FaultLog
from reelgate.media.intake import Intake, check_kind
from reelgate.media.port import MediaStore
from reelgate.request import Facts, Media, MediaKind, Role, Trait, VideoRequest
from reelgate.tasks.assets import Asset, AssetState
from reelgate.tasks.store import Stale, TaskStore

_SCHEMES = ("asset", "oss")
_SCHEME_CHARS = 16
_SHOWN_CHARS = 200
_LAST_FRAME = "last_frame"
"""What is written behind a task's id and a slash for the last picture of its video."""
_MISSING = {
    "asset": "is not an asset of this key's project, nor a finished video or its last frame",
    "oss": "is not a file of this key's project; uploads are kept for 48 hours",
}


class Assets:
    """Brings assets in and gives them out. The store, the intake and the media store have owners of their own."""

    def __init__(self, store: TaskStore, intake: Intake, media: MediaStore, clock: Clock) -> None:
        self._tasks = store
        self._store = store.assets
        self._intake = intake
        self._media = media
        self._clock = clock
        self._fetches: dict[str, asyncio.Task[None]] = {}
        self._faults = FaultLog()

    async def open(self) -> None:
        """Go on with what another life of this server left to be fetched."""
        await self._begin_all(self._clock.now())

    async def aclose(self) -> None:
        """Stop fetching; the next server continues."""
        fetches = list(self._fetches.values())
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)

    async def named(self, item: Media, project_id: str) -> Media:
        """Return an input that names an asset or a finished video with its file. Raises MediaRefused."""
        return await self._resolved(item, project_id)

    async def fetch(self, new: Asset, field: str, seconds: float) -> Asset:
        """Write down an asset that comes from `new.url`, waiting for its file for `seconds` at most.

        One that has its file already is written down as it is.

        Comes back processing when the file is not there by then. Raises MediaRefused, which names `field`, for what
        the client must mend, DuplicateId and Stale as `AssetStore.add` does.
        """
        if new.blob is not None:
            return await self._store.add(new)
        wanted, project = (_media(new, field),), new.project_id
        (found,) = await self._intake.take_all(wanted, _anything, budget_seconds=seconds, project=project)
        if found.facts is not None:
            new = replace(new, state=AssetState.ACTIVE, url=found.url, blob=found.blob, facts=found.facts)
        asset = await self._store.add(new)
        if asset.state is AssetState.PROCESSING:
            self._begin(asset)
        return asset

    async def tend(self) -> None:
        """Remove what has ended, and fetch what was never finished, as those who began it are gone."""
        now = self._clock.now()
        await self._store.expire(now)
        await self._begin_all(now - int(limits.ASSET_FETCH_SECONDS * 1000))

    async def resolve(self, request: VideoRequest, project_id: str) -> VideoRequest:
        """Return the request with the assets that it names in place of their names.

        A finished task's id names its video, `ID/last_frame` its last frame where the task asked for it. Raises
        MediaRefused for anything but a ready asset of that project, of the kind that is wanted.
        """
        if not any(_named(item) for item in request.media):
            return request
        media = [await self._resolved(item, project_id) for item in request.media]
        return replace(request, media=tuple(media))

    async def _resolved(self, item: Media, project_id: str) -> Media:
        name = _named(item)
        if name is None:
            return item
        scheme, asset_id = name
        blob, facts = await self._found(item, scheme, asset_id, project_id)
        check_kind(item.field, item.kind, facts)
        await self._media.touch(blob)  # so that it outlives the asset until the task refers to it
        return replace(item, blob=blob, facts=facts)

    async def _found(self, item: Media, scheme: str, name: str, project_id: str) -> tuple[str, Facts]:
        asset = await self._store.get(name)
        if asset is not None and asset.project_id == project_id and asset.live(self._clock.now()):
            if asset.blob is None or asset.facts is None:
                raise _refused(item, _unready(asset)).about(Trait.ARRIVAL)
            return asset.blob, asset.facts
        task_id, _, frame = name.partition("/")
        task = await self._tasks.get(task_id) if scheme == "asset" and frame in ("", _LAST_FRAME) else None
        if task is not None and task.project_id == project_id and task.delivered is not None:
            made = task.delivered
            if not frame:
                return made.blob, made.facts
            if made.last_frame and (size := await self._media.size(made.last_frame)):
                return made.last_frame, Facts(MediaKind.IMAGE, "png", size, made.width, made.height)
        raise _refused(item, _MISSING[scheme]).about(Trait.ADDRESS)

    async def _begin_all(self, before: int) -> None:
        for asset in await self._store.processing(before):
            self._begin(asset)

    def _begin(self, asset: Asset) -> None:
        if asset.id not in self._fetches:
            fetch = asyncio.create_task(self._finish(asset), name=f"asset {asset.id}")
            self._fetches[asset.id] = fetch
            fetch.add_done_callback(lambda _: self._fetches.pop(asset.id, None))

    async def _finish(self, asset: Asset) -> None:
        try:
            await self._settle(asset)
        except Stale:
            pass  # it was deleted, or another server was faster
        except (OSError, ServiceError) as error:  # it stays to be fetched
            self._faults.error("asset.fetch", about=str(error), asset=asset.id, reason=str(error))

    async def _settle(self, asset: Asset) -> None:
        found, refusal = None, None
        try:
            found = await self._intake.take(_media(asset, "URL"), _anything, project=asset.project_id)
        except MediaRefused as refused:
            refusal = refused.message
        await self._store.settle(
            asset.id,
            blob=found.blob if found else None,
            facts=found.facts if found else None,
            error=refusal,
            at=self._clock.now(),
        )


def _named(item: Media) -> tuple[str, str] | None:
    """Return the scheme and the id of an asset that is yet to be found, None for any other input."""
    if item.blob or item.url[:_SCHEME_CHARS].partition("://")[0].lower() not in _SCHEMES:  # it may hold a whole film
        return None
    scheme, separator, asset_id = item.url.partition("://")
    return (scheme.lower(), asset_id) if separator else None


def _refused(item: Media, reason: str) -> MediaRefused:
    return MediaRefused(item.field, f"{item.field}: {item.url[:_SHOWN_CHARS]} {reason}", value=item.url)


def _unready(asset: Asset) -> str:
    if asset.state is AssetState.FAILED:
        return f"is an asset that could not be taken in: {asset.error}"
    return "is an asset that is still being processed; wait until it is active"


def _media(asset: Asset, field: str) -> Media:
    return Media(kind=asset.kind, role=Role.REFERENCE, field=field, url=asset.url)


def _anything(_: Media) -> None:
    """What a model takes is checked when a request names the asset."""
