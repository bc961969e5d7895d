"""The desk where previews are drawn: beside the renders, from memory the second time, and again after a crash."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from reelgate.limits import PREVIEW_STILLS_BYTES
from reelgate.render.job import RenderJob
from reelgate.render.sketches import SketchPool, Undrawable
from reelgate.request import Mode
from tests.animatic.media import job, picture, textured
from tests.children import child, children

WORKER = "reelgate.animatic.sketcher"


def words(prompt: str, seed: int = 0) -> RenderJob:
    return RenderJob(Mode.TEXT, prompt, 640, 360, 48, seed=seed)


def run(
    scenario: Callable[[SketchPool], Awaitable[None]], folder: Path, kept_bytes: int = PREVIEW_STILLS_BYTES
) -> None:
    async def main() -> None:
        desk = SketchPool(folder, processes=1, kept_bytes=kept_bytes)
        await desk.open()
        try:
            async with asyncio.timeout(480):
                await scenario(desk)
        finally:
            await desk.aclose()

    asyncio.run(main())


def test_a_job_is_told_and_its_stills_are_drawn_now_or_when_they_are_asked_for(tmp_path: Path) -> None:
    async def scenario(desk: SketchPool) -> None:
        assert children(WORKER) == set()
        one = words("a cat on grass, cut to the sea")
        seen = await desk.tell(one)
        assert [shot["place"] for shot in seen.notes["shots"]] == ["grassland", "sea"]
        assert (seen.width, seen.height, [shot for shot, _ in seen.moments]) == (480, 270, [1, 2])
        stills = await desk.stills(one, 2, 30)
        assert [isinstance(still, bytes) for still in stills] == [True, True]
        assert stills[0] != stills[1]

        assert await desk.stills(words("a dog"), 1, 0) == [None]
        assert (await desk.still(words("a dog"), 0))[8:12] == b"WEBP"
        assert isinstance((await desk.stills(words("a dog"), 1, 0))[0], bytes)

        for name, reason in (("broken", "decoded"), ("gone", "opened")):
            given = picture(tmp_path / f"{name}.png", textured(1))
            given.path.write_bytes(b"no picture")
            if name == "gone":
                given.path.unlink()
            (told,) = await desk.stills(job(Mode.IMAGE, given, frames=24), 1, 30)
            assert isinstance(told, str)
            assert reason in told

    run(scenario, tmp_path / "desk")


def test_one_process_is_warm_and_the_other_starts_with_what_is_asked_for_first(tmp_path: Path) -> None:
    async def main() -> None:
        desk = SketchPool(tmp_path / "desk", processes=2)
        await desk.open()
        try:
            desk.warm()
            desk.warm()
            assert len(children(WORKER)) == 1
            async with asyncio.timeout(480):
                await desk.tell(words("a cat"))
            assert len(children(WORKER)) == 2
        finally:
            await desk.aclose()

    asyncio.run(main())


def test_a_killed_process_is_replaced_and_the_next_one_draws(tmp_path: Path) -> None:
    async def scenario(desk: SketchPool) -> None:
        await desk.tell(words("a cat"))
        pid = child(WORKER)
        os.kill(pid, signal.SIGSTOP)  # so that it does not answer first
        waiting = asyncio.ensure_future(desk.still(words("a dog runs in a busy market at night"), 0))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Undrawable):
            await waiting
        assert await desk.still(words("a dog runs in a busy market at night"), 0)

    run(scenario, tmp_path / "desk")


def test_only_so_much_is_remembered(tmp_path: Path) -> None:
    async def scenario(desk: SketchPool) -> None:
        for seed in range(3):
            assert await desk.still(words("a cat", seed), 0)
        assert await desk.stills(words("a cat", 0), 1, 0) == [None]

    run(scenario, tmp_path / "desk", kept_bytes=20_000)


def test_storyboards_count_for_what_they_are(tmp_path: Path) -> None:
    async def scenario(desk: SketchPool) -> None:
        long = [words("cut to the sea, a dog runs in a market. " * 400, seed) for seed in range(9)]
        told = [await desk.tell(one) for one in long]
        assert min(len(msgspec.json.encode(seen.notes)) for seen in told) > 15_000
        async with asyncio.timeout(0):  # it is remembered
            assert await desk.tell(long[-1]) == told[-1]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await desk.tell(long[0])

    run(scenario, tmp_path / "desk", kept_bytes=100_000)
