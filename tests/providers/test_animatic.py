"""The built-in engine as a provider, and how it shapes a request into a job."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.catalog import Model, load
from reelgate.providers.animatic import AnimaticProvider, shaped
from reelgate.providers.port import Failed, Job, NotFound, Staged, Verdict
from reelgate.render.pool import Interrupted, RenderPool
from reelgate.request import AUTO_DURATION, Facts, MediaKind, Mode, Role, VideoRequest
from reelgate.testing import check_provider

CATALOG = load()


def model(name: str) -> Model:
    found = CATALOG.find(name)
    assert found is not None
    return found


def request(name: str, **fields: Any) -> VideoRequest:
    given = {"mode": Mode.TEXT, "prompt": "一只猫", "resolution": "720p", "ratio": "16:9", "duration": 5, "seed": 1}
    return VideoRequest(model=name, **{**given, **fields})


def picture(role: Role, width: int, height: int) -> Staged:
    return Staged(MediaKind.IMAGE, role, Path("a.png"), Facts(MediaKind.IMAGE, "png", 1, width, height))


def video(role: Role, seconds: float) -> Staged:
    facts = Facts(MediaKind.VIDEO, "mp4", 1, 1280, 720, seconds, 30.0, round(seconds * 30))
    return Staged(MediaKind.VIDEO, role, Path("a.mp4"), facts)


def job(asked: VideoRequest, *inputs: Staged) -> Job:
    return Job("0197", asked, model(asked.model), inputs)


def test_it_keeps_the_promises_of_a_provider(tmp_path: Path) -> None:
    asked = request("viduq3t-540p", resolution="540p", duration=1)

    asyncio.run(check_provider(lambda: AnimaticProvider(RenderPool(2, tmp_path)), job(asked)))


def test_a_text_has_the_documented_size() -> None:
    assert (shaped(job(request("happyhorse-1.0-t2v"))).width, shaped(job(request("happyhorse-1.0-t2v"))).height) == (
        1280,
        720,
    )


def test_a_picture_decides_the_shape() -> None:
    asked = request("happyhorse-1.0-i2v", mode=Mode.IMAGE)

    drawn = shaped(job(asked, picture(Role.FIRST_FRAME, 800, 1200)))

    assert drawn.width / drawn.height == pytest.approx(2 / 3, rel=0.01)
    assert drawn.width * drawn.height == pytest.approx(1280 * 720, rel=0.02)


def test_adaptive_follows_the_first_input() -> None:
    asked = request("seedance-fast", mode=Mode.REFERENCE, ratio="adaptive")

    assert (
        shaped(job(asked, picture(Role.REFERENCE, 900, 1200))).height
        > shaped(job(asked, picture(Role.REFERENCE, 1200, 900))).height
    )
    assert (shaped(job(request("seedance-fast", ratio="adaptive"))).width) == 1280


def test_a_length_that_is_left_open_is_between_4_and_15_seconds() -> None:
    short = shaped(job(request("seedance-fast", duration=AUTO_DURATION, prompt="猫")))
    long = shaped(job(request("seedance-fast", duration=AUTO_DURATION, prompt="猫" * 2000)))

    assert (short.frames, long.frames) == (4 * 24, 15 * 24)


def test_an_edit_is_as_long_as_its_source_and_at_most_15_seconds() -> None:
    asked = request("happyhorse-1.0-video-edit", mode=Mode.EDIT)

    assert shaped(job(asked, video(Role.SOURCE, 3.5))).frames == 84
    assert shaped(job(asked, video(Role.SOURCE, 60.0))).frames == 360


def test_an_extension_is_as_long_as_asked_in_the_shape_of_its_clip() -> None:
    asked = request("wan2.7-i2v", mode=Mode.EXTEND, ratio="adaptive", duration=8)

    drawn = shaped(job(asked, video(Role.FIRST_CLIP, 3.5), picture(Role.LAST_FRAME, 800, 1200)))

    assert (drawn.width, drawn.height, drawn.frames) == (1280, 720, 8 * 24)


@pytest.mark.parametrize(
    ("name", "wanted", "mark"),
    [
        ("happyhorse-1.0-t2v", True, "Happy Horse"),
        ("happyhorse-1.0-t2v", False, ""),
        ("wan2.7-t2v", True, "预演 PREVIS"),
        ("seedance-fast", True, "预演 PREVIS"),
    ],
)
def test_the_mark_never_claims_that_ai_drew_it(name: str, wanted: bool, mark: str) -> None:
    assert shaped(job(request(name, watermark=wanted))).watermark == mark


@pytest.mark.parametrize(
    ("number", "verdicts"),
    [
        (signal.SIGSEGV, [NotFound, Failed]),  # a decoder's fault
        (signal.SIGKILL, [NotFound, NotFound, NotFound]),  # an operator's or a full machine's
    ],
)
def test_a_job_that_crashes_its_process_twice_fails(tmp_path: Path, number: int, verdicts: list[type[Verdict]]) -> None:
    async def main() -> None:
        pool = RenderPool(1, tmp_path)
        provider = AnimaticProvider(pool)
        await provider.open()
        try:
            for attempt, wanted in enumerate(verdicts):
                asked = replace(job(request("viduq3t-540p", resolution="540p", duration=600)), attempt_id=f"{attempt}")
                await until(lambda: pool.free_slots() == 1)
                await provider.submit(asked)
                os.kill(pool._slots[0].process.pid, number)
                await until(partial(interrupted, pool, f"{attempt}"))
                verdict = await provider.poll(f"{attempt}")
                assert isinstance(verdict, wanted)
                await provider.forget(f"{attempt}")
                if isinstance(verdict, Failed):
                    assert verdict.code == "render_failed"
                    assert f"ended with status -{int(number)}, 2 times over" in verdict.message
        finally:
            await provider.aclose()

    asyncio.run(main())


def interrupted(pool: RenderPool, name: str) -> bool:
    return isinstance(pool.poll(name), Interrupted)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(480):
        while not condition():  # noqa: ASYNC110 - a pool is polled, as its provider is
            await asyncio.sleep(0.01)
