"""A vendor's callback makes its task due and nothing else; any other caller learns nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import LoadShedder
from reelgate.http.callback_routes import CallbackRoutes
from reelgate.http.links import LinkMaker
from reelgate.http.mount import Mount
from reelgate.http.owned import Owned
from reelgate.media.links import LinkSigner
from reelgate.providers.callbacks import Callback, Check, unsigned
from reelgate.settings import Settings
from reelgate.signing import Signer
from reelgate.tasks import open_store
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore
from reelgate.testing.stores.samples import NOW, bring, claim, sample_task
from tests.conductor.studio import HandClock

MINUTE = 60_000


class Front:
    """The route over a journal with one task that runs at an account called `main`."""

    def __init__(self, store: TaskStore, check: Check, public_url: str) -> None:
        clock = HandClock()
        self.store = store
        self.callbacks = CallbackRoutes(
            store=store, checks={"main": check}, signer=Signer(b"s" * 32), public_url=public_url, clock=clock
        )
        keys = KeyRing(store, clock)
        links = LinkMaker(LinkSigner(Signer(b"s" * 32)), clock, public_url=public_url, seconds=60)
        gate = LoadShedder(store, keys, clock, Settings())
        mount = Mount(keys=keys, gate=gate, owned=Owned(store, clock), links=links)
        app = Starlette(routes=list(mount.routes(self.callbacks)))
        self.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://gw")

    async def running(self) -> Task:
        """Return a task that its vendor has, due in a minute."""
        task = await bring(self.store, await self.store.create(sample_task(provider="main")), State.SUBMITTING)
        change = Change(
            at=NOW, due_in_ms=MINUTE, attempt_id=task.attempt_id, attempt_state=AttemptState.ACCEPTED, upstream_ref="j1"
        )
        return await self.store.move(task, "accept", change)

    def path(self, task: Task, account: str = "main") -> str:
        """Return the path of the address that a task's vendor was given."""
        return urlsplit(self.callbacks.address(account, task.attempt_id or "")).path

    async def due(self, task: Task) -> int:
        """Return in how many ms a task is due."""
        now = await self.store.get(task.id)
        assert now is not None
        return (now.due_at or 0) - NOW


@asynccontextmanager
async def front(
    folder: Path, check: Check = unsigned, public_url: str = "https://gw.example/video"
) -> AsyncIterator[Front]:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    try:
        yield Front(store, check, public_url)
    finally:
        await store.aclose()


def served(path: str) -> str:
    """Return the path as it arrives here: what stands before it is the proxy's."""
    return path.removeprefix("/video")


def test_a_callback_makes_its_task_due_and_moves_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with front(tmp_path) as it:
            task = await it.running()
            path = served(it.path(task))
            for body in (
                b'{"id":"j1","status":"succeeded"}',
                b'{"id":"j1","status":"succeeded"}',
                b"\xff{",
                b"",
                b"[]",
            ):
                answer = await it.client.post(path, content=body)
                assert (answer.status_code, answer.json()) == (200, {})

            assert await it.due(task) == 0
            events = await it.store.events(task.id)
            assert [event.name for event in events] == ["create", "submit", "accept"]
            assert (await it.store.get(task.id) or task).state is State.RUNNING

    asyncio.run(main())


def test_a_body_over_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with front(tmp_path) as it:
            task = await it.running()
            content = b'{"id":"j2","x":"' + b"x" * limits.MAX_CALLBACK_BYTES + b'"}'

            assert (await it.client.post(served(it.path(task)), content=content)).status_code == 200
            assert await it.due(task) == 0

    asyncio.run(main())


def test_late_callbacks_and_those_of_tasks_that_are_gone_do_no_harm(tmp_path: Path) -> None:
    async def main() -> None:
        async with front(tmp_path) as it:
            task = await it.running()
            path = served(it.path(task))
            for name in ("deliver", "finish"):
                task = await it.store.move(task, name, Change(at=NOW))
            assert (await it.client.post(path, json={"id": "j1"})).status_code == 200
            assert await it.store.get(task.id) == task
            await it.store.delete(task.id)
            assert (await it.client.post(path, json={"id": "j1"})).status_code == 200

    asyncio.run(main())


def test_word_of_a_task_in_hand_is_said_again_when_it_is_in_hand_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with front(tmp_path) as it:
            task = await it.running()
            (held,) = await claim(it.store, now=NOW + MINUTE, states=(State.RUNNING,), provider="main")
            released = asyncio.Event()

            async def poll_ends(_: float) -> None:
                if not released.is_set():
                    released.set()
                    await it.store.note_progress(held, progress=10, at=NOW, due_in_ms=MINUTE, release=True)

            monkeypatch.setattr("reelgate.http.callback_routes.asyncio.sleep", poll_ends)
            await it.client.post(served(it.path(task)), json={"id": "j1"})

            assert (released.is_set(), await it.due(task)) == (True, 0)

    asyncio.run(main())


def test_whoever_guesses_is_told_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with front(tmp_path) as it:
            task = await it.running()
            path = served(it.path(task))
            forged = (
                path[:-1] + ("0" if path[-1] != "0" else "1"),
                path[: path.rfind(".")],
                path.replace("/main/", "/other/"),
                path + "0",
                "/callbacks/main/x",
                "/callbacks/main/é.0",
                f"/callbacks/main/{'0' * 32}.{'0' * 32}",
            )
            for address in forged:
                answer = await it.client.post(address, json={"id": "j1"})
                assert (answer.status_code, answer.json()) == (404, {}), address
            assert await it.due(task) == MINUTE

    asyncio.run(main())


def test_a_check_sees_the_path_that_the_vendor_was_given(tmp_path: Path) -> None:
    seen: list[Callback] = []

    def strict(callback: Callback) -> str:
        seen.append(callback)
        return "" if callback.headers.get("x-sign") == "good" else "it is wrong"

    async def main() -> None:
        async with front(tmp_path, strict) as it:
            task = await it.running()
            path = it.path(task)
            refused = await it.client.post(served(path) + "?a=1", json={"id": "j1"})
            assert (refused.status_code, await it.due(task)) == (404, MINUTE)

            taken = await it.client.post(served(path), json={"id": "j1"}, headers={"X-Sign": "good"})

            assert (taken.status_code, await it.due(task)) == (200, 0)
            assert [(call.path, call.query) for call in seen] == [(path, "a=1"), (path, "")]

    asyncio.run(main())


@pytest.mark.parametrize(("account", "public_url"), [("other", "https://gw.example"), ("main", "")])
def test_no_address_is_given_where_nothing_could_arrive(tmp_path: Path, account: str, public_url: str) -> None:
    async def main() -> None:
        async with front(tmp_path, public_url=public_url) as it:
            assert it.callbacks.address(account, "0198") == ""

    asyncio.run(main())
