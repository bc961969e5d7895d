"""Takes a request's inputs into the media store: fetch, probe, check, store."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reelgate import limits
from reelgate.errors import MediaRefused, Unavailable
from reelgate.media.disk import check_room
from reelgate.media.fetch import Fetcher, FetchFailed
from reelgate.media.inline import inline_pieces, is_inline
from reelgate.media.port import MediaStore
from reelgate.media.probe import Overtaxed, Prober
from reelgate.media.scratch import Scratch
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, Media, MediaKind, Trait

Check = Callable[[Media], None]
"""Raises InvalidField or MediaRefused for an input whose facts the model does not take."""


Note = Callable[[str], Awaitable[None]]
"""Told of each new file in the store, before any task refers to it."""


Own = Callable[[str], Awaitable[str]]
"""Tells the digest of a file of our own by an address of it, "" for what is not ours. Raises FetchFailed."""


async def _nothing_of_ours(_: str) -> str:
    return ""


def _no_limit_of_its_own(_: Media) -> int:
    return limits.MAX_MEDIA_BYTES


class Intake:
    """Brings inputs into `store`, by way of temporary files in `folder`.

    What `own` knows for a file of ours is read from the store, whatever host its address names. What it does for a
    `project` waits by turns with what it does for others. It closes its fetcher with itself; store
    and prober are used by others too and have owners of their own.
    """

    def __init__(
        self,
        store: MediaStore,
        fetcher: Fetcher,
        prober: Prober,
        folder: Path,
        note: Note,
        *,
        own: Own = _nothing_of_ours,
        retry_seconds: float = limits.STAGING_RETRY_SECONDS,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._prober = prober
        self._scratch = Scratch(folder)
        self._note = note
        self._own = own
        self._retry_seconds = retry_seconds

    async def open(self) -> None:
        """Make the folder and clear what killed processes left in it. Raise OSError if that can't be done."""
        await self._scratch.open()

    async def aclose(self) -> None:
        """Drop the connections and the temporary files."""
        await self._fetcher.aclose()
        await self._scratch.aclose()

    async def take(
        self, media: Media, check: Check, *, max_bytes: int = limits.MAX_MEDIA_BYTES, project: str = ""
    ) -> Media:
        """Return the input with its blob and facts; one that is staged already is only checked.

        A server that fails for the moment is tried `STAGING_TRIES` times. Raise MediaRefused for what the client
        must mend, and what `check` raises.
        """
        pause = self._retry_seconds
        for _ in range(limits.STAGING_TRIES - 1):
            try:
                return await self._take(media, check, max_bytes, project)
            except FetchFailed as failed:
                if not failed.transient:
                    raise _not_fetched(media, failed) from None
            await asyncio.sleep(pause)
            pause *= 2
        try:
            return await self._take(media, check, max_bytes, project)
        except FetchFailed as failed:
            raise _not_fetched(media, failed) from None

    async def take_all(
        self,
        medias: Sequence[Media],
        check: Check,
        max_bytes_of: Callable[[Media], int] = _no_limit_of_its_own,
        *,
        budget_seconds: float = limits.ADMISSION_SECONDS,
        project: str = "",
    ) -> tuple[Media, ...]:
        """Take all inputs at once and return them in their order; raise the first refusal in that order.

        An input that its server has not delivered within the budget, or not for the moment, comes back as it was
        (no blob) and leaves nothing behind. What came in the request itself has no budget.
        """
        return await together(
            self._within(budget_seconds, media, check, max_bytes_of(media), project) for media in medias
        )

    async def _within(self, seconds: float, media: Media, check: Check, max_bytes: int, project: str) -> Media:
        try:
            async with asyncio.timeout(None if is_inline(media.url) else seconds):
                return await self._take(media, check, max_bytes, project)
        except TimeoutError:
            return media
        except FetchFailed as failed:
            if failed.transient:
                return media
            raise _not_fetched(media, failed) from None

    async def _take(self, media: Media, check: Check, max_bytes: int, project: str) -> Media:
        if media.blob:
            check(media)
            return media
        with self._scratch.path() as path:
            await self._get(media, path, max_bytes, project)
            blob, facts = await self.keep(path, media.field, lambda facts: _check(media, facts, check), project)
        return replace(media, url="" if is_inline(media.url) else media.url, blob=blob, facts=facts)

    def space(self) -> AbstractContextManager[Path]:
        """Yield the path of a new empty file for what is on its way in; it is gone afterwards."""
        return self._scratch.path()

    async def keep(
        self, path: Path, field: str, check: Callable[[Facts], None], project: str = ""
    ) -> tuple[str, Facts]:
        """Probe, check and store a file that has arrived; return its blob and its facts.

        Raise MediaRefused, which names `field`, for anything but a picture, clip or sound, and what `check` raises;
        Unavailable where this server has not the time to read it now.
        """
        try:
            facts = await self._prober.probe(path, project)
        except Unreadable as error:
            raise _refused(field, error.reason) from None
        except Overtaxed as error:
            raise Unavailable(f"{field}: this server is too busy to read it now; send it again shortly") from error
        check(facts)
        blob = await self._store.put(path)
        await self._note(blob.digest)
        return blob.digest, facts

    async def _get(self, media: Media, path: Path, max_bytes: int, project: str) -> None:
        if not is_inline(media.url):
            if digest := await self._own(media.url):
                await self._copy(digest, path, max_bytes)
                return
            await self._fetcher.fetch(media.url, path, max_bytes, project=project)
            return
        try:
            await asyncio.to_thread(_unpack, media.url, path, max_bytes)
        except Unreadable as error:
            raise _refused(media.field, error.reason) from None

    async def _copy(self, digest: str, path: Path, max_bytes: int) -> None:
        """Write a file of the store to `path`. Raises FetchFailed, and OSError if the disk has no room for it."""
        try:
            source = await self._store.local(digest)
            size = (await asyncio.to_thread(source.stat)).st_size
            if size > max_bytes:
                raise FetchFailed(f"it is larger than {max_bytes >> 20} MB", too_large=True)
            await asyncio.to_thread(check_room, path.parent, limits.MIN_FREE_BYTES + size)
            await asyncio.to_thread(shutil.copyfile, source, path)
        except FileNotFoundError:
            raise FetchFailed("the file no longer exists on this server") from None


async def together(works: Iterable[Coroutine[Any, Any, Media]]) -> tuple[Media, ...]:
    """Do all at once and return what they return, in order; raise the first failure in that order, drop the rest."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        return tuple([await task for task in tasks])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _unpack(url: str, path: Path, max_bytes: int) -> None:
    with path.open("wb") as file:
        file.writelines(inline_pieces(url, max_bytes))


def _check(media: Media, facts: Facts, check: Check) -> None:
    check_kind(media.field, media.kind, facts)
    check(replace(media, facts=facts))


def check_kind(field: str, kind: MediaKind, facts: Facts) -> None:
    """Raise MediaRefused for a file of another kind than is wanted at `field`."""
    if facts.kind is not kind:
        raise _refused(field, f"it holds {facts.kind} data ({facts.format}); send {kind} data").about(Trait.FORMAT)


def _refused(field: str, reason: str) -> MediaRefused:
    return MediaRefused(field, f"{field}: {reason}")


def _not_fetched(media: Media, failed: FetchFailed) -> MediaRefused:
    advice = "give an address that answers 200 with the file"
    text = f"{media.field}: could not be fetched ({failed.reason}); {advice}"
    return MediaRefused(media.field, text).about(Trait.ARRIVAL)
