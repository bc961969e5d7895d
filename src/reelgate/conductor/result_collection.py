"""Collects a finished video: it is stored and measured before it counts as a result."""

from __future__ import annotations

import asyncio
import errno
import math
import re
from pathlib import Path
from time import perf_counter

from reelgate import limits, tracing
from reelgate.billing.metering import counted_seconds
from reelgate.catalog import Model
from reelgate.catalog.parts import pieces
from reelgate.conductor.delivery_check import differences
from reelgate.media import partial
from reelgate.media.fetch import Fetcher, FetchFailed
from reelgate.media.port import MediaStore
from reelgate.media.probe import Prober
from reelgate.media.remake_answer import Fit, Join, Piece
from reelgate.media.results import Film, ResultReader
from reelgate.media.sniff import Unreadable
from reelgate.meters import Times
from reelgate.providers.port import FileAddress, Succeeded
from reelgate.request import FPS, Facts, Media, MediaKind, Order, Output, Role
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

_LONGER_SECONDS = 0.1
"""By how much a film may be longer than ordered without being cut: a frame or two that its maker puts in."""

_RATIO = re.compile(r"\d{1,4}:\d{1,4}")


class FileLost(Exception):
    """The file that a provider named is not there (any more), or could not be had for now."""


class Huge(Unreadable):
    """The file has no end, or one beyond what is taken over."""


class Collector:
    """Copies a provider's file into the media store, under its SHA-256, and measures what was delivered.

    What comes from an address is written to `folder` first, under the attempt's id: a transfer that broke off, even
    by the end of this process, resumes where it stopped.
    """

    def __init__(
        self, media: MediaStore, tasks: TaskStore, prober: Prober, fetcher: Fetcher | None = None, folder: Path = Path()
    ) -> None:
        self._media = media
        self._tasks = tasks
        self._reader = ResultReader(prober)
        self._fetcher = fetcher
        self._folder = folder
        self.times = Times((0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0))
        """How long it took to take a file over, by how it ended: `kept`, `not_yet`, `no_video` or `failed`."""
        self.bytes = 0
        """How many bytes of results were kept, since this process began."""

    async def collect(self, task: Task, model: Model, made: Succeeded) -> Output:
        """Keep the file, as an MP4, and return its measure; collecting again is safe.

        Raises Unreadable when it holds no moving pictures, FileLost, OSError and StoreError.
        """
        begun, end = perf_counter(), "failed"
        try:
            with tracing.span("collect", said={"reelgate.task": task.id}) as span:
                output = await self._collect(task, model, made)
                span.note({"reelgate.bytes": output.bytes, "reelgate.seconds": output.seconds})
            end = "kept"
        except FileLost:
            end = "not_yet"
            raise
        except Unreadable:
            end = "no_video"
            raise
        finally:
            self.times.note((end,), perf_counter() - begun)
        self.bytes += output.bytes
        return output

    async def _collect(self, task: Task, model: Model, made: Succeeded) -> Output:
        if made.url is not None:
            return await self._collect_from_afar(task, model, made)
        if made.path is None:
            raise FileLost("the provider names no file")
        if not made.path.exists():
            raise FileLost("the file is gone")
        return await self._measured(task, model, made, made.path)

    async def discard(self, task: Task) -> None:
        """Remove the fetched part of a result that will not be used."""
        await asyncio.to_thread(partial.forget, self._part(task))

    async def tidy(self) -> None:
        """Remove partial files untouched for longer than any job is watched. Raises OSError."""
        await asyncio.to_thread(partial.forget_old, self._folder, limits.LATE_WATCH_SECONDS)

    def _part(self, task: Task) -> Path:
        return self._folder / f"{task.attempt_id or task.id}.part"

    async def _collect_from_afar(self, task: Task, model: Model, made: Succeeded) -> Output:
        path = await self._fetched(made, self._part(task))
        try:
            output = await self._measured(task, model, made, path)
        except Unreadable:  # perhaps of two transfers that did not fit together: once more, whole
            await asyncio.to_thread(partial.forget, path)
            path = await self._fetched(made, path)
            output = await self._measured(task, model, made, path)
        await asyncio.to_thread(partial.forget, path)
        return output

    async def _fetched(self, made: Succeeded, path: Path) -> Path:
        """Return the local copy of what a provider serves, from the first place that serves it.

        Raises FileLost when no place serves it for now, Huge when it is larger than any result.
        """
        if self._fetcher is None or made.url is None:
            raise FileLost("nothing here fetches files")
        self._folder.mkdir(parents=True, exist_ok=True)
        failures = []
        for place in (FileAddress(made.url, made.headers), *made.also):
            failure = await self._fetch(self._fetcher, place, path)
            if failure is None:
                return path
            failures.append(failure)
            if (await asyncio.to_thread(partial.begun, path)).size:  # a part from one place does not fit another's file
                break
        raise FileLost("; ".join(failures))

    async def _fetch(self, fetcher: Fetcher, place: FileAddress, path: Path) -> str | None:
        """Fetch a file from one place, in some tries; return why it could not be had, None if it is here."""
        failure = ""
        for _ in range(limits.COLLECT_TRIES):
            try:
                await fetcher.fetch(place.url, path, limits.MAX_RESULT_BYTES, headers=place.headers, resume=True)
            except FetchFailed as failed:
                failure = failed.reason
                if failed.too_large:
                    await asyncio.to_thread(partial.forget, path)
                    raise Huge(failure) from failed
                if not failed.transient:
                    break
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                await asyncio.to_thread(partial.forget, path)  # else parts that wait for room keep it from each other
                raise FileLost(f"no room for the file: {error.strerror}") from error
            else:
                return None
        return failure

    async def _measured(self, task: Task, model: Model, made: Succeeded, path: Path) -> Output:
        spare = path.with_name(f"{path.name}.mp4.part")
        fitted = path.with_name(f"{path.name}.fit.mp4.part")
        still = path.with_name(f"{path.name}.last.png.part")
        try:
            film = await self._reader.read(path, spare)
            order, fit = task.request.order, _fit(task.request.order, film.facts)
            if order is not None and order.made and not order.left:
                film = await self._whole(order, film, fitted)
            elif fit is not None:
                film = await self._reader.fitted(film, fitted, fit)
            last_frame = made.last_frame or await self._last_frame(task, film, still)
            return await self._output(task, model, made, film, last_frame)
        finally:
            await _removed(spare, fitted, still)

    async def _last_frame(self, task: Task, film: Film, spare: Path) -> Path | None:
        """Return the last picture of a video whose maker gave none, where its client wants one."""
        order = task.request.order
        if not task.request.return_last_frame or (order is not None and order.left):
            return None
        return await self._reader.last_picture(film, spare)

    async def _whole(self, order: Order, film: Film, spare: Path) -> Film:
        """Return the finished video whose last part a film is."""
        before = [await self._media.local(one.blob) for one in order.made]
        first = order.made[0].facts or film.facts
        wide, high = order.size if order.width else (first.width // 2 * 2, first.height // 2 * 2)
        spans = pieces(order, film.facts.seconds)
        sound = film.facts.has_audio or any(one.facts.has_audio for one in order.made if one.facts)
        wanted = Join(wide, high, first.fps or FPS, sound, tuple(Piece(*span) for span in spans))
        return await self._reader.joined((*before, film.path), spare, wanted)

    async def tail(self, task: Task, film: Media, end: float, seconds: float) -> Media:
        """Keep the last seconds of a film before `end` as a clip. Raises Unreadable, OSError and StoreError."""
        facts = film.facts
        if facts is None:
            raise Unreadable("the film was never measured")
        self._folder.mkdir(parents=True, exist_ok=True)
        spare = self._folder / f"{task.id}.tail.mp4.part"
        span = Piece(max(0.0, end - seconds), min(seconds, end))
        size = (facts.width // 2 * 2, facts.height // 2 * 2)
        wanted = Join(*size, facts.fps or FPS, facts.has_audio, (span,))
        try:
            cut = await self._reader.joined((await self._media.local(film.blob),), spare, wanted)
            blob = await self._media.put(cut.path)
            await self._tasks.files.bin(blob.digest)  # until the task refers to it
        finally:
            await _removed(spare)
        return Media(kind=MediaKind.VIDEO, role=Role.FIRST_CLIP, field="video", blob=blob.digest, facts=cut.facts)

    async def _output(self, task: Task, model: Model, made: Succeeded, film: Film, last_picture: Path | None) -> Output:
        facts = film.facts
        blob = await self._media.put(film.path)
        thumbnail = await self._beside(made.thumbnail) or await self._poster(film)
        last_frame, contact_sheet = await self._beside(last_picture), await self._beside(made.contact_sheet)
        pictures = [digest for digest in (thumbnail, last_frame, contact_sheet) if digest]
        await self._tasks.files.bin(blob.digest, *pictures)  # until `finish` refers to them
        return Output(
            blob=blob.digest,
            bytes=blob.size,
            width=facts.width,
            height=facts.height,
            seconds=facts.seconds,
            fps=facts.fps,
            frames=facts.frames,
            duration=counted_seconds(task.request, facts.seconds),
            audio=facts.has_audio,
            seed=task.request.seed,
            ratio=made.ratio if _RATIO.fullmatch(made.ratio) else task.request.ratio,
            last_frame=last_frame,
            thumbnail=thumbnail,
            contact_sheet=contact_sheet,
            said_seconds=_possible(made.duration),
            notes=made.notes | film.notes | differences(model, task.request, facts),
        )

    async def _beside(self, picture: Path | None) -> str:
        """Keep a picture that came with the video, if one did."""
        return (await self._media.put(picture)).digest if picture is not None else ""

    async def _poster(self, film: Film) -> str:
        """Make and store the thumbnail of a video that came without one; "" if that fails, which is not an error."""
        if not film.poster:
            return ""
        small = film.path.with_suffix(".webp")
        try:
            await asyncio.to_thread(small.write_bytes, film.poster)
            return await self._beside(small)
        finally:
            await _removed(small)


async def _removed(*paths: Path) -> None:
    """Remove the files that are there. A busy disk takes long for that, so other work continues meanwhile."""
    for path in paths:
        if path.exists():
            await asyncio.to_thread(path.unlink, missing_ok=True)


def _fit(order: Order | None, facts: Facts) -> Fit | None:
    """Return what a film has to be made to be what was ordered, None if it is that or is left as it came."""
    if order is None or order.as_it_came or not order.width or order.parts:
        return None
    longer = order.seconds > 0 and facts.seconds - order.seconds > _LONGER_SECONDS
    if (facts.width, facts.height) == order.size and not longer:
        return None
    return Fit(order.width, order.height, order.seconds)


def _possible(seconds: float) -> float:
    """Return a maker's word for a length where it can be one, else 0."""
    return float(seconds) if math.isfinite(seconds) and 0 < seconds <= limits.MAX_SAID_SECONDS else 0.0
