"""Sessions on a clock of the tests' own: how long they last, and what too many wrong keys do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reelgate.access.keyring import KeyRing, new_secret
from reelgate.console.sessions import Sessions
from reelgate.errors import RateLimited, WrongKey
from reelgate.limits import SESSION_SECONDS, SIGN_INS_PER_MINUTE
from reelgate.signing import Signer
from reelgate.tasks import open_store
from reelgate.tasks.projects import Scope

SECRET = new_secret()


class Clock:
    """Stands still until it is moved."""

    set_by = 0

    at = 1_800_000_000_000

    def now(self) -> int:
        return self.at


def run(folder: Path, scenario: Callable[[Sessions, Clock], Awaitable[None]]) -> None:
    async def main() -> None:
        clock, store = Clock(), open_store(f"sqlite:///{folder / 'journal.db'}")
        await store.open()
        try:
            keys = KeyRing(store, clock)
            await keys.ensure(SECRET, name="k", project_id="default", scopes=(Scope.READ,))
            await scenario(Sessions(Signer(b"secret"), keys, clock), clock)
        finally:
            await store.aclose()

    asyncio.run(main())


def test_a_session_ends_after_its_time_and_opens_nowhere_else(tmp_path: Path) -> None:
    async def scenario(sessions: Sessions, clock: Clock) -> None:
        cookie = sessions.open(SECRET, "a")
        assert SECRET not in cookie
        found = sessions.read(cookie)
        assert found is not None
        assert sessions.is_token(found[0], sessions.token(found[0]))
        for wrong in ("", "x", "x.y", cookie[:-1], f"A{cookie}"):
            assert sessions.read(wrong) is None
        clock.at += int(SESSION_SECONDS * 1000)
        assert sessions.read(cookie) is None

    run(tmp_path, scenario)


def test_wrong_keys_are_refused_alike_and_after_some_for_a_minute(tmp_path: Path) -> None:
    async def scenario(sessions: Sessions, clock: Clock) -> None:
        said = set()
        for number in range(SIGN_INS_PER_MINUTE):
            with pytest.raises(WrongKey) as refused:
                sessions.open(f"sk-wrong-{number}", "a")
            said.add(refused.value.message)
        assert len(said) == 1
        with pytest.raises(RateLimited):
            sessions.open(SECRET, "a")
        assert sessions.open(SECRET, "b")
        clock.at += 60_000
        assert sessions.open(SECRET, "a")

    run(tmp_path, scenario)
