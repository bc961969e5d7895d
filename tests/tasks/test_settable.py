"""Whatever an operator sends, it is refused with a field's name or kept as it was sent."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelgate.access.fields import KEY, PROJECT
from reelgate.access.management import Manager
from reelgate.errors import ClientError, InvalidField
from reelgate.tasks import open_store
from tests.conductor.studio import HandClock
from tests.tasks.conftest import NewUrl

ACTOR = "key key_root"

plain = st.none() | st.booleans() | st.integers() | st.integers(-5, 5) | st.floats() | st.text(max_size=12)
words = st.sampled_from(["create", "admin", "refuse", "queue", "viduq*", "团队", "a b", "[x]", "\ud800", "\0"])
values = st.one_of(plain, words, st.lists(plain | words, max_size=4), st.dictionaries(st.text(max_size=3), plain))
names = st.sampled_from(sorted({*KEY, *PROJECT, "id", "project_id", "digest", "version"})) | st.text(max_size=5)
bodies = st.dictionaries(names, values, max_size=4)


def check(outcome: object, body: dict[str, Any]) -> None:
    """Check the outcome of a change: no error, or a client's, about a field that was sent or must be."""
    if isinstance(outcome, InvalidField):
        assert outcome.field in {*body, "name", "project_id"}
        assert outcome.allowed
    elif isinstance(outcome, BaseException):
        assert isinstance(outcome, ClientError)
        assert outcome.status in (404, 409)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(bodies, min_size=1, max_size=12))
def test_any_body_is_kept_or_refused(new_url: NewUrl, sent: list[dict[str, Any]]) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        manager = Manager(store.projects, HandClock())
        project = await manager.add_project({"name": "one"}, ACTOR)
        key, _ = await manager.add_key({"name": "one", "project_id": project.id}, ACTOR)
        for body in sent:
            outcomes = await asyncio.gather(
                manager.add_project({"name": "n", **body}, ACTOR),
                manager.change_project(project.id, body, ACTOR),
                manager.add_key({"name": "n", "project_id": project.id, **body}, ACTOR),
                manager.change_key(key.id, body, ACTOR),
                return_exceptions=True,
            )
            for outcome in outcomes:
                check(outcome, body)
        assert await store.projects.get(project.id) == await manager.project(project.id)
        assert len(await store.projects.keys()) >= 1
        await store.aclose()

    asyncio.run(run())
