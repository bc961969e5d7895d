"""Which secrets open, and until when."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reelgate.access.keyring import KeyRing, check_scope, digest, new_key, prefix
from reelgate.access.management import Manager
from reelgate.errors import KeyForbidden, WrongKey
from reelgate.tasks.journal import Journal
from reelgate.tasks.projects import Scope
from reelgate.tasks.sqlite import SqliteDatabase
from tests.conductor.studio import HandClock

SECRET = "sk-" + "a" * 48


def test_a_former_secret_opens_no_longer_than_its_key(tmp_path: Path) -> None:
    async def main() -> None:
        clock = HandClock()
        store = Journal(SqliteDatabase(tmp_path / "journal.db"))
        await store.open()
        try:
            ring, manager = KeyRing(store, clock), Manager(store.projects, clock)
            await ring.ensure(SECRET, name="first", project_id="proj_one", scopes=(Scope.READ,))
            key = ring.check(f"Bearer {SECRET}", Scope.READ)
            await manager.change_key(key.id, {"expires_at": clock.now() // 1000 + 60}, "test")
            _, fresh = await manager.rotate_key(key.id, {"overlap_seconds": 3600}, "test")
            await ring.refresh()
            for secret in (SECRET, fresh):
                assert ring.check(f"Bearer {secret}", Scope.READ).id == key.id

            clock.pass_seconds(61)
            for secret in (SECRET, fresh):
                with pytest.raises(WrongKey, match="expired"):
                    ring.check(f"Bearer {secret}", Scope.READ)
        finally:
            await store.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(("characters", "shown"), [(8, ""), (31, ""), (32, "sk-aaaaa"), (51, "sk-aaaaa")])
def test_of_a_secret_eight_characters_are_shown_and_of_a_short_one_nothing(characters: int, shown: str) -> None:
    assert prefix(SECRET[:characters]) == shown


@pytest.mark.parametrize(
    ("scope", "deed"),
    [(Scope.CREATE, "create, change or delete"), (Scope.READ, "read"), (Scope.ADMIN, "manage projects and keys")],
)
def test_a_key_without_the_scope_is_told_what_it_may_not_and_what_it_may(scope: Scope, deed: str) -> None:
    others = tuple(one for one in Scope if one is not scope)
    key = new_key(SECRET, name="one", project_id="proj_one", now=0, scopes=others)
    check_scope(key, None)
    for one in others:
        check_scope(key, one)
    with pytest.raises(KeyForbidden, match=f"this API key may not {deed}; its scopes: {', '.join(others)}"):
        check_scope(key, scope)


def test_a_key_without_scopes_of_its_own_creates_and_reads() -> None:
    key = new_key(SECRET, name="one", project_id="proj_one", now=0)
    assert (key.scopes, key.prefix, key.digest) == ((Scope.CREATE, Scope.READ), SECRET[:8], digest(SECRET))
