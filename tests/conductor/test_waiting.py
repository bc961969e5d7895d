"""Each reason for which a task waits: the word that programs read, and the text for an operator."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.routing import Router
from reelgate.conductor.waiting import Waiting
from reelgate.providers.port import Provider
from reelgate.request import Media, MediaKind, Role
from reelgate.tasks import open_store
from reelgate.tasks.pauses import Pause
from reelgate.tasks.projects import Overflow
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.queues import add_project, task_of, waiting_offpeak
from reelgate.testing.stores.samples import NOW, bring
from tests.conductor.studio import Actors, HandClock, Vendor
from tests.loop import in_loop


class Desk:
    """A server with the built-in engine and one vendor's account; neither moves a task."""

    def __init__(self, folder: Path, store: TaskStore, window: str = "") -> None:
        self.clock, self.store = HandClock(), store
        self.engine, self.vendor = Actors(folder), Vendor(folder, "main", at_once=2, per_minute=2)
        providers: dict[str, Provider] = {"animatic": self.engine, "main": self.vendor}
        self.router = Router(providers, [self.vendor.account], self.clock)
        offpeak = OffPeak(window) if window else OffPeak()
        self._waiting = Waiting(store=store, providers=providers, router=self.router, offpeak=offpeak, clock=self.clock)

    async def told(self, task: Task) -> tuple[str, str, int]:
        """Return code, detail and end of the reason; "" if there is none."""
        why = await self._waiting.why(task)
        return ("", "", 0) if why is None else (why.code, why.detail, why.until)


async def opened(folder: Path) -> TaskStore:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    await add_project(store, "one", ["a"])
    return store


@in_loop
async def test_what_waits_for_an_account_says_what_it_lacks(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    desk = Desk(tmp_path, store)
    task = await store.create(task_of("one", "a", 0, provider="main"))
    assert await desk.told(task) == ("turn", "", 0)

    for number in (1, 2):
        await bring(store, await store.create(task_of("one", "a", number, provider="main")), State.RUNNING)
    assert await desk.told(task) == ("account_full", "main is running its maximum of 2 jobs", 0)

    for _ in range(2):
        desk.router.health["main"].sent()
    assert await desk.told(task) == ("account_rate", "the rate of main is used up", 0)

    desk.router.health["main"].sends.failed("no credit", account=True)
    until = desk.router.health["main"].sends.condition.until
    assert until > NOW
    assert await desk.told(task) == ("account_left_alone", "main: no credit", until)

    desk.router.paused = {"main": Pause("main", NOW, "ops", "")}
    assert await desk.told(task) == ("account_paused", "main was paused by ops: no reason was given", 0)

    desk.router.leave("main")
    assert await desk.told(task) == ("no_account", "this server has no account main", 0)
    await store.aclose()


@in_loop
async def test_what_is_under_way_waits_for_an_account_that_does_not_answer_or_for_a_look(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    desk = Desk(tmp_path, store)
    running, lost = [
        await bring(store, await store.create(task_of("one", "a", number, provider="main")), state)
        for number, state in enumerate((State.RUNNING, State.UNKNOWN))
    ]
    assert await desk.told(running) == ("", "", 0)
    code, detail, until = await desk.told(lost)
    assert (code, "main gave no clear answer" in detail, until) == ("submission_unknown", True, 0)
    reads = desk.router.health["main"].reads
    while not reads.condition.until:
        reads.failed("timed out")
    assert await desk.told(running) == ("account_silent", "main: timed out", reads.condition.until)
    await store.aclose()


@in_loop
async def test_what_waits_for_the_engine_its_inputs_its_project_or_its_hours(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    desk = Desk(tmp_path, store, "22:00-08:00")
    task = await store.create(task_of("one", "a", 0, provider="animatic"))
    picture = Media(kind=MediaKind.IMAGE, role=Role.FIRST_FRAME, field="image", url="https://example.com/a.png")
    unstaged = replace(task, request=replace(task.request, media=(picture,)))
    assert (await desk.told(unstaged))[0] == "inputs"
    assert (await desk.told(replace(task, lease_until=NOW + 1)))[0] == ""
    assert (await desk.told(replace(task, lease_until=NOW)))[0] == "turn"

    desk.engine.jobs = {"1", "2", "3", "4"}
    assert await desk.told(task) == ("account_full", "animatic has no free slot", 0)
    desk.engine.jobs = {"1", "2", "3"}
    assert (await desk.told(task))[0] == "turn"

    patient = await store.create(waiting_offpeak(task_of("one", "a", 1, provider="animatic")))
    codes = []
    for hour in (0, 12):
        desk.clock.time = NOW - NOW % 86_400_000 + hour * 3_600_000
        codes.append((await desk.told(patient))[0])
    assert codes == ["turn", "off_peak"]

    await add_project(store, "full", ["b"], tasks_at_once=1, overflow=Overflow.QUEUE)
    first, second = [await store.create(task_of("full", "b", number, provider="animatic")) for number in range(2)]
    await bring(store, first, State.RUNNING)
    assert (await desk.told(second))[0] == "project_limit"
    assert (await desk.told(await bring(store, second, State.SUCCEEDED)))[0] == ""
    await store.aclose()
