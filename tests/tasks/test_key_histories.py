"""Random histories of keys: a secret opens exactly what it should at every moment, and is written down nowhere."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelgate.access.keyring import KeyRing, digest
from reelgate.access.management import Manager
from reelgate.errors import KeyForbidden, WrongKey, WrongState
from reelgate.tasks import open_store
from reelgate.tasks.projects import AuditFilter, Scope
from reelgate.tasks.store import TaskStore
from tests.conductor.studio import HandClock
from tests.tasks.conftest import NewUrl

PROJECTS = ("one", "two")
ACTOR = "key key_root"

pick = st.integers(0, 100)
seconds = st.integers(0, 30)
operations = st.one_of(
    st.tuples(
        st.just("add"), st.sampled_from(PROJECTS), st.sets(st.sampled_from(Scope), min_size=1), seconds | st.none()
    ),
    st.tuples(st.just("rotate"), pick, seconds),
    st.tuples(st.just("expire"), pick, seconds | st.none()),
    st.tuples(st.just("narrow"), pick, st.sets(st.sampled_from(Scope), min_size=1)),
    st.tuples(st.just("revoke"), pick),
    st.tuples(st.just("archive"), st.sampled_from(PROJECTS)),
    st.tuples(st.just("restore"), st.sampled_from(PROJECTS)),
    st.tuples(st.just("wait"), seconds),
)


class Known:
    """A key as the test knows it: its secrets, each with the time at which it ends, and what it may do."""

    def __init__(self, key_id: str, project: str, scopes: set[Scope], ends: int | None) -> None:
        self.id = key_id
        self.project = project
        self.scopes = scopes
        self.ends = ends
        self.revoked = False
        self.secrets: dict[str, int | None] = {}


class History:
    """A run of operations on a journal, and what should be true after each."""

    def __init__(self, store: TaskStore) -> None:
        self.clock = HandClock()
        self.manager = Manager(store.projects, self.clock)
        self.ring = KeyRing(store, self.clock)
        self.keys: list[Known] = []
        self.shut: set[str] = set()

    def later(self, after: int | None) -> int | None:
        """Return the time in so many seconds, by the ring's clock."""
        return None if after is None else self.clock.now() // 1000 * 1000 + after * 1000

    async def do(self, name: str, *arguments: Any) -> None:
        """Carry out one operation, if there is something to do it to."""
        if name == "wait":
            self.clock.pass_seconds(arguments[0])
        elif name in ("archive", "restore"):
            await getattr(self.manager, f"{name}_project")(arguments[0], ACTOR)
            (self.shut.add if name == "archive" else self.shut.discard)(arguments[0])
        elif name == "add":
            await self._add(*arguments)
        elif self.keys:
            await self._change(name, self.keys[arguments[0] % len(self.keys)], *arguments[1:])

    async def _add(self, project: str, scopes: set[Scope], after: int | None) -> None:
        ends = self.later(after)
        body: dict[str, Any] = {"project_id": project, "name": "钥匙", "scopes": sorted(scopes)}
        body |= {"expires_at": None if ends is None else ends // 1000}
        if project in self.shut:
            with pytest.raises(WrongState):
                await self.manager.add_key(body, ACTOR)
            return
        key, secret = await self.manager.add_key(body, ACTOR)
        known = Known(key.id, project, scopes, ends)
        known.secrets[secret] = None
        self.keys.append(known)

    async def _change(self, name: str, known: Known, *arguments: Any) -> None:
        if known.revoked and name != "revoke":
            with pytest.raises(WrongState):
                await self.manager.rotate_key(known.id, {}, ACTOR)
        elif name == "revoke":
            await self.manager.revoke_key(known.id, ACTOR)
            known.revoked = True
        elif name == "narrow":
            known.scopes = arguments[0]
            await self.manager.change_key(known.id, {"scopes": sorted(known.scopes)}, ACTOR)
        elif name == "expire":
            known.ends = self.later(arguments[0])
            ends = None if known.ends is None else known.ends // 1000
            await self.manager.change_key(known.id, {"expires_at": ends}, ACTOR)
        else:
            until = self.clock.now() + arguments[0] * 1000
            _, secret = await self.manager.rotate_key(known.id, {"overlap_seconds": arguments[0]}, ACTOR)
            known.secrets = {old: until if end is None else min(end, until) for old, end in known.secrets.items()}
            known.secrets[secret] = None

    def opens(self, known: Known, secret: str) -> bool:
        """Whether a secret should open something now."""
        ends = [end for end in (known.ends, known.secrets[secret]) if end is not None]
        return not known.revoked and known.project not in self.shut and all(self.clock.now() < end for end in ends)

    async def check(self) -> None:
        """Compare what every secret opens with what it should."""
        await self.ring.refresh()
        for known in self.keys:
            for secret in known.secrets:
                for scope in Scope:
                    assert self._found(secret, scope) == (self.opens(known, secret) and self._word(known, scope))

    def _found(self, secret: str, scope: Scope) -> bool | str:
        try:
            return self.ring.check(f"Bearer {secret}", scope).id
        except KeyForbidden:
            return "forbidden"
        except WrongKey:
            return False

    def _word(self, known: Known, scope: Scope) -> str:
        return known.id if scope in known.scopes else "forbidden"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(operations, max_size=25))
def test_a_secret_opens_what_it_should_and_is_written_down_nowhere(
    new_url: NewUrl, steps: list[tuple[Any, ...]]
) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        history = History(store)
        for project in PROJECTS:
            await history.manager.add_project({"name": project, "id": project}, ACTOR)
        for step in steps:
            await history.do(*step)
            await history.check()
        await _nothing_is_told(store, history)
        await store.aclose()

    asyncio.run(run())


async def _nothing_is_told(store: TaskStore, history: History) -> None:
    """Look for secrets in all that the journal keeps, and for their hashes in the log."""
    log = msgspec.json.encode(await store.projects.audit(AuditFilter(limit=1000))).decode()
    kept = log + msgspec.json.encode(await store.projects.keys()).decode()
    for secret in (secret for known in history.keys for secret in known.secrets):
        assert secret[8:] not in kept
        assert digest(secret) not in log
    assert all(known.id in log for known in history.keys)


def test_no_change_is_missed_while_several_servers_make_them(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url) for _ in range(3)]
        for store in stores:
            await store.open()
        clock = HandClock()
        managers, ring = [Manager(store.projects, clock) for store in stores], KeyRing(stores[0], clock)
        await managers[0].add_project({"name": "one", "id": "one"}, ACTOR)
        adding = [managers[n % 3].add_key({"project_id": "one", "name": str(n)}, ACTOR) for n in range(60)]
        made = asyncio.gather(*adding)
        while not made.done():
            await ring.refresh()
            await asyncio.sleep(0)
        await ring.refresh()
        assert {ring.check(f"Bearer {secret}", Scope.READ).id for _, secret in await made} == {
            key.id for key, _ in await made
        }
        for store in stores:
            await store.aclose()

    asyncio.run(run())


def test_of_changes_at_one_moment_none_undoes_another(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url) for _ in range(3)]
        for store in stores:
            await store.open()
        managers = [Manager(store.projects, HandClock()) for store in stores]
        await managers[0].add_project({"name": "one", "id": "one"}, ACTOR)
        fields = {"creates_per_minute": 5, "tasks_at_once": 6, "weight": 7}
        changes = zip(managers, fields.items(), strict=True)
        await asyncio.gather(*(each.change_project("one", {name: value}, ACTOR) for each, (name, value) in changes))
        project = await managers[0].project("one")
        assert {name: getattr(project, name) for name in fields} == fields
        assert len(await stores[0].projects.audit(AuditFilter(project_id="one"))) == 4
        for store in stores:
            await store.aclose()

    asyncio.run(run())
