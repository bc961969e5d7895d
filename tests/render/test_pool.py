"""Render processes: kept warm, stopped at once, replaced when they die, never outliving the server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reelgate.render.job import RenderJob
from reelgate.render.pool import Crashed, Interrupted, NoFreeSlot, RenderDone, RenderPool, Working
from reelgate.request import Mode
from tests.animatic.media import decode, job, picture, textured

LONG = 24 * 36_000
"""Frames that no machine draws while a test runs."""


@asynccontextmanager
async def opened(folder: Path, workers: int = 1) -> AsyncIterator[RenderPool]:
    pool = RenderPool(workers, folder)
    await pool.open()
    try:
        yield pool
    finally:
        await pool.aclose()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(480):
        while not condition():  # noqa: ASYNC110 - a pool is polled, as its provider is
            await asyncio.sleep(0.01)


def still(folder: Path, frames: int = 12) -> RenderJob:
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}.png"  # another render may be reading the one before
    return job(Mode.IMAGE, picture(path, textured(1)), frames=frames)


def drawing(pool: RenderPool, name: str) -> bool:
    state = pool.poll(name)
    return isinstance(state, Working) and state.frames > 0


async def finished(pool: RenderPool, name: str) -> None:
    await until(lambda: isinstance(pool.poll(name), RenderDone))


def run(scenario: Callable[[RenderPool], Awaitable[None]], folder: Path, workers: int = 1) -> None:
    async def main() -> None:
        async with opened(folder, workers) as pool:
            await scenario(pool)

    asyncio.run(main())


def test_a_render_is_followed_fetched_and_forgotten(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("one", still(tmp_path / "in"))
        assert pool.poll("one") == Working(0)
        await finished(pool, "one")
        done = pool.poll("one")
        assert isinstance(done, RenderDone)
        assert len(decode(done.rendered.path).pictures) == done.rendered.frames == 12
        assert pool.free_slots() == 1
        pool.forget("one")
        assert pool.poll("one") is None
        assert files(tmp_path / "out") == []

    run(scenario, tmp_path / "out")


def test_news_of_a_render_are_its_first_frame_and_its_end(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        heard: list[object] = []
        pool.listen(lambda: heard.append(pool.poll("one")))
        pool.start("one", still(tmp_path / "in", frames=48))
        await finished(pool, "one")
        assert Working(1) in heard
        assert isinstance(heard[-1], RenderDone)
        assert len(heard) <= 3

    run(scenario, tmp_path / "out")


def test_processes_are_used_again(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        process = pool._slots[0].process.pid
        for name in ("one", "two"):
            pool.start(name, still(tmp_path / "in"))
            await finished(pool, name)
        assert pool._slots[0].process.pid == process

    run(scenario, tmp_path / "out")


def test_a_full_pool_takes_no_more(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        for name in ("one", "two"):
            pool.start(name, still(tmp_path / "in", LONG))
        assert pool.free_slots() == 0
        with pytest.raises(NoFreeSlot):
            pool.start("three", still(tmp_path / "in"))
        assert pool.poll("three") is None

    run(scenario, tmp_path / "out", workers=2)


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("one", still(tmp_path / "in"))
        with pytest.raises(ValueError, match="one"):
            pool.start("one", still(tmp_path / "in"))

    run(scenario, tmp_path / "out", workers=2)


def test_a_cancelled_render_leaves_no_file_and_frees_its_slot(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("long", still(tmp_path / "in", LONG))
        await until(lambda: files(tmp_path / "out") != [])
        await pool.cancel("long")
        assert files(tmp_path / "out") == []
        assert pool.poll("long") is None
        pool.start("next", still(tmp_path / "in"))
        await finished(pool, "next")

    run(scenario, tmp_path / "out")


def test_cancelling_touches_no_other_render(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("long", still(tmp_path / "in", LONG))
        pool.start("other", still(tmp_path / "in", 48))
        await until(lambda: drawing(pool, "long"))
        await pool.cancel("long")
        await pool.cancel("nobody")
        await finished(pool, "other")

    run(scenario, tmp_path / "out", workers=2)


def test_a_process_that_dies_interrupts_its_job_alone(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("long", still(tmp_path / "in", LONG))
        await until(lambda: drawing(pool, "long"))
        os.kill(pool._slots[0].process.pid, signal.SIGKILL)
        await until(lambda: isinstance(pool.poll("long"), Interrupted))
        assert files(tmp_path / "out") == []
        await until(lambda: pool.free_slots() == 1)
        pool.start("next", still(tmp_path / "in"))
        await finished(pool, "next")

    run(scenario, tmp_path / "out")


def test_a_process_that_says_nothing_any_more_is_killed(tmp_path: Path) -> None:
    async def main() -> None:
        pool = RenderPool(1, tmp_path / "out", stall_seconds=0.3)
        await pool.open()
        try:
            stopped = pool._slots[0].process
            os.kill(stopped.pid, signal.SIGSTOP)
            await until(lambda: state_of(stopped.pid) == "T")  # until then it wants to run
            pool.start("stopped", still(tmp_path / "in"))
            await until(lambda: isinstance(pool.poll("stopped"), Interrupted))
            assert pool.poll("stopped") == Interrupted("the render process said nothing for 0.3 s", suspect=True)
            assert stopped.returncode == -signal.SIGKILL
        finally:
            await pool.aclose()

    asyncio.run(main())


def test_no_render_begins_while_the_disk_is_full(tmp_path: Path) -> None:
    async def main() -> None:
        pool = RenderPool(1, tmp_path / "out", min_free=2**63)
        await pool.open()
        assert pool.free_slots() == 0
        await pool.aclose()

    asyncio.run(main())


def test_an_idle_process_that_dies_is_replaced(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        gone = pool._slots[0].process.pid
        os.kill(gone, signal.SIGKILL)
        await until(lambda: pool._slots[0].process.pid != gone)
        pool.start("next", still(tmp_path / "in"))
        await finished(pool, "next")

    run(scenario, tmp_path / "out")


@pytest.mark.parametrize("ends", ["cancelled", "killed"])
def test_a_process_that_can_t_be_started_again_is_started_when_it_can(ends: str, tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("long", still(tmp_path / "in", LONG))
        await until(lambda: drawing(pool, "long"))
        (tmp_path / "out").rename(tmp_path / "away")  # no folder can be made there, as on a disk without room
        with capture_logs() as log:
            if ends == "cancelled":
                await pool.cancel("long")
                assert pool.poll("long") is None
            else:
                os.kill(pool._slots[0].process.pid, signal.SIGKILL)
                await until(lambda: isinstance(pool.poll("long"), Interrupted))
        assert [line["event"] for line in log] == ["render.no_process"]
        (tmp_path / "away").rename(tmp_path / "out")
        await until(lambda: pool.free_slots() == 1)
        pool.start("next", still(tmp_path / "in"))
        await finished(pool, "next")

    run(scenario, tmp_path / "out")


def test_a_broken_input_is_reported_with_its_reason(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        wanted = still(tmp_path / "in")
        wanted.inputs[0].path.write_bytes(b"no picture")
        pool.start("broken", wanted)
        await until(lambda: isinstance(pool.poll("broken"), Crashed))
        state = pool.poll("broken")
        assert isinstance(state, Crashed)
        assert "can't be decoded" in state.reason
        assert str(tmp_path) not in state.reason
        pool.start("next", still(tmp_path / "in"))
        await finished(pool, "next")

    run(scenario, tmp_path / "out")


def test_the_terminals_signals_are_left_to_the_server(tmp_path: Path) -> None:
    async def scenario(pool: RenderPool) -> None:
        pool.start("one", still(tmp_path / "in", 96))
        await until(lambda: drawing(pool, "one"))
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pool._slots[0].process.pid, number)
        await finished(pool, "one")

    run(scenario, tmp_path / "out")


def test_what_a_killed_server_left_is_cleared(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("old.mp4", "old.mp4.part", "old.png"):
        (out / name).touch()

    async def scenario(pool: RenderPool) -> None:
        assert files(out) == []

    run(scenario, out)


def test_a_closed_pool_has_no_process_and_no_file(tmp_path: Path) -> None:
    async def main() -> None:
        pool = RenderPool(2, tmp_path / "out")
        await pool.open()
        processes = [slot.process for slot in pool._slots]
        pool.start("long", still(tmp_path / "in", LONG))
        await until(lambda: drawing(pool, "long"))
        await pool.aclose()
        await pool.aclose()
        assert all(process.returncode is not None for process in processes)
        assert files(tmp_path / "out") == []
        assert pool.free_slots() == 0
        with pytest.raises(NoFreeSlot):
            pool.start("late", still(tmp_path / "in"))

    asyncio.run(main())


SERVER = """
import asyncio, sys
from pathlib import Path
import msgspec
from reelgate.render import messages
from reelgate.render.pool import RenderPool

async def main():
    pool = RenderPool(2, Path(sys.argv[1]))
    await pool.open()
    pool.start("long", messages.order(sys.stdin.buffer.read()).job)
    while not pool.poll("long").frames:
        await asyncio.sleep(0.01)
    print(*(slot.process.pid for slot in pool._slots), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processes_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    from reelgate.render import messages

    order = messages.packed(messages.RenderOrder(still(tmp_path / "in", LONG), tmp_path / "unused.mp4"))
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path / "out")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(order)
        server.stdin.close()
        processes = [int(word) for word in server.stdout.readline().split()]
        server.kill()

    assert len(processes) == 2
    asyncio.run(until(lambda: not any(alive(process) for process in processes)))


def alive(process: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet waited for by its new parent does not."""
    try:
        return state_of(process) != "Z"
    except FileNotFoundError:
        return False


def state_of(process: int) -> str:
    """Return the letter by which the system tells what a process does."""
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
