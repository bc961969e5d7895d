"""What a vendor delivers: charged is what arrived, and only where it is a film."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import av
import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from reelgate import limits
from reelgate.providers.port import Failed, FileAddress, Running, Succeeded, Verdict
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import clip, picture
from reelgate.testing.stores.samples import NOW, PRICE_MICROS
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor
from tests.media.films import Form, film, sound_alone

SECOND_MICROS = 95_200
"""What the catalog charges for a second of the studio's model."""
NO_FILE = "http://127.0.0.1:9/film.mp4"


def looked_at(before: Task) -> Callable[[Task], bool]:
    """Return whether a task was looked at since, and is not claimed."""
    return lambda now: now.state.ended or (now.fence > before.fence and now.lease_owner is None)


def studio(folder: Path, vendor: Vendor) -> Studio:
    return Studio(folder, Actors(folder), HandClock(), vendors=(vendor,))


@pytest.mark.parametrize("said", [0, 5, 15, 1, -5, 1e9, 4294967295, float("inf"), float("nan")])
def test_the_vendors_word_for_a_length_changes_nothing(said: float, tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            url = server.serve("/film.mp4", clip(tmp_path / "said.mp4", 64, 36, 3.0))
            vendor.verdict = lambda _: Succeeded(url=url, duration=said)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                done = await it.ended(task.id)
                async with asyncio.timeout(480):
                    while not vendor.calls["forget"]:  # noqa: ASYNC110 - the last that the step does
                        await asyncio.sleep(0.01)
                assert it.router.health["dashscope"].differing == (said in (5, 15, 1))

        assert done.output is not None
        assert (done.output.duration, done.output.frames) == (3, 72)
        assert done.output.said_seconds == (said if said in (5, 15, 1) else 0)
        assert done.charged_micros == 3 * SECOND_MICROS

    asyncio.run(main())


@pytest.mark.parametrize("seconds", [4.5, 4.96, 5.04, 5.5, 9.0])
def test_an_ordered_length_is_charged_whole_where_the_file_has_it(seconds: float, tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            url = server.serve("/film.mp4", clip(tmp_path / "whole.mp4", 64, 36, seconds, fps=100))
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                done = await it.ended(task.id)

        assert done.charged_micros == PRICE_MICROS

    asyncio.run(main())


NO_FILMS: tuple[Callable[[Path], Path], ...] = (
    lambda folder: picture(folder / "no.png"),
    lambda folder: picture(folder / "no.gif", format="gif"),
    lambda folder: sound_alone(folder / "no.mp4", "mp4", "aac"),
    lambda folder: clip(folder / "no.mp4", 64, 36, 1 / 24),
)


@pytest.mark.parametrize("make", NO_FILMS, ids=["picture", "gif", "sound", "one frame"])
def test_what_is_no_film_is_looked_for_again_and_then_refunded(make: Callable[[Path], Path], tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            url = server.serve("/film.mp4", make(tmp_path), type="video/mp4")
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                failed = await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                assert failed.charged_micros is None
                while not failed.state.ended:  # on a busy machine the file itself may not be had at one look
                    await it.seconds_pass(limits.BAD_RESULT_SECONDS + 1)
                    failed = await it.until(task.id, looked_at(failed))
                lines = [line.kind for line in await it.store.ledger(task.id)]

        assert (failed.state, failed.error_code, lines) == (State.FAILED, "bad_result", ["hold", "release"])

    asyncio.run(main())


def test_a_film_in_another_container_is_kept_as_an_mp4(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            url = server.serve("/film", film(tmp_path / "film.webm", Form("webm", "libvpx-vp9"), seconds=5))
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                done = await it.ended(task.id)
                assert done.output is not None
                head = (await it.media.local(done.output.blob)).read_bytes()[:12]

        assert (done.state, head[4:8], done.charged_micros) == (State.SUCCEEDED, b"ftyp", PRICE_MICROS)
        assert done.output.notes["came_as"] == "matroska, vp9"
        assert list((tmp_path / "results").iterdir()) == []

    asyncio.run(main())


@pytest.mark.parametrize("wanted", [True, False])
def test_the_last_picture_of_a_vendors_video_is_there_where_it_was_ordered(wanted: bool, tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made = clip(tmp_path / "made.mp4", 64, 36, 5.0)
        with MediaServer() as server:
            url = server.serve("/film.mp4", made)
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                new = for_vendor()
                new = replace(new, request=replace(new.request, return_last_frame=wanted))
                done = await it.ended((await it.store.create(new)).id)
                assert done.output is not None
                shown = await it.media.local(done.output.last_frame) if wanted else None

        assert bool(done.output.last_frame) == wanted
        if shown is not None:
            with Image.open(shown) as kept, av.open(made) as source:
                *_, last = source.decode(video=0)
                off = np.asarray(kept.convert("RGB"), int) - last.to_ndarray(format="rgb24").astype(int)
                assert kept.format == "PNG"
                assert np.abs(off).mean() < 4
        assert list((tmp_path / "results").iterdir()) == []

    asyncio.run(main())


@pytest.mark.parametrize("first", [Succeeded(), Succeeded(url=NO_FILE)], ids=["no link", "no file"])
def test_a_vendors_last_word_ends_a_job_whose_file_is_not_here(first: Verdict, tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = lambda _: first
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
            vendor.verdict = lambda _: Failed("OutputVideoSensitiveContentDetected", "the output may be sensitive")
            await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS + 1)
            failed = await it.ended(task.id)
            lines = [line.kind for line in await it.store.ledger(task.id)]

        assert (failed.state, failed.error_code) == (State.FAILED, "OutputVideoSensitiveContentDetected")
        assert lines == ["hold", "release"]

    asyncio.run(main())


@pytest.mark.parametrize("later", [Succeeded(), Running(50)], ids=["done", "goes on"])
def test_done_without_a_link_is_asked_again(later: Verdict, tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, lambda _: Succeeded()
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
            vendor.verdict = lambda _: later
            await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS + 1)
            await it.looked(task.id, after=task.fence)
            vendor.verdict = made
            await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS * 2)

            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_done_without_a_link_fails_after_the_documented_time(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = lambda _: Succeeded()
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(replace(for_vendor(), id="task_linkless"))
            await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
            await it.seconds_pass(limits.BAD_RESULT_SECONDS + 1)
            failed = await it.ended(task.id)

        assert (failed.state, failed.error_code) == (State.FAILED, "bad_result")

    asyncio.run(main())


def waits(now: Task) -> bool:
    """Whether a file was looked for and is to be looked for again."""
    return now.state is State.COLLECTING and now.lease_owner is None and (now.due_at or 0) > NOW


def test_a_file_without_an_end_is_dropped_fetched_rarely_and_ends_as_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_RESULT_BYTES", 1024 * 1024)

    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            url = server.endless("/film.mp4")
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                tried = await it.until(task.id, waits)
                assert (tried.due_at or 0) - it.clock.now() == limits.HUGE_AGAIN_SECONDS * 1000
                assert list((tmp_path / "results").iterdir()) == []

                await it.seconds_pass(limits.BAD_RESULT_SECONDS)
                done = await it.ended(task.id)
                server.wait_until_idle()

        assert (done.state, done.error_code, done.charged_micros) == (State.FAILED, "bad_result", 0)
        assert "larger than 1 MB" in (done.error_message or "")

    asyncio.run(main())


def test_a_file_that_can_t_be_had_at_its_address_is_fetched_where_else_it_is(tmp_path: Path) -> None:
    """Such as at a relay that tells an address in its own network."""

    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            content = FileAddress(server.serve("/content", clip(tmp_path / "there.mp4", 64, 36, 5.0)))
            vendor.verdict = lambda _: Succeeded(url="http://10.1.2.3/film.mp4", also=(content,))
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                done = await it.ended(task.id)

        assert (done.state, done.charged_micros) == (State.SUCCEEDED, PRICE_MICROS)

    asyncio.run(main())


def test_no_part_is_kept_of_a_file_for_which_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            film = clip(tmp_path / "there.mp4", 64, 36, 5.0).read_bytes()
            url = server.break_off_first("/film.mp4", film, at=len(film) // 2)
            breaks_off = server._behaviours["/film.mp4"]

            def fills_the_disk(request: BaseHTTPRequestHandler) -> None:
                if server.requests["/film.mp4"] == 2:  # half of it is here
                    monkeypatch.setattr(limits, "MIN_FREE_BYTES", 2**60)
                breaks_off(request)

            server.on("/film.mp4", fills_the_disk)
            vendor.verdict = lambda _: Succeeded(url=url)
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                await it.until(task.id, waits)
                assert list((tmp_path / "results").iterdir()) == []

                monkeypatch.undo()
                await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS)
                assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())
