"""What is kept for a time only goes when that is over, project by project; money's lines stay."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from reelgate.conductor.retention import Retention
from reelgate.settings import Keep, Kept, Quota, read_keeps, read_quotas
from reelgate.tasks import open_store
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock
from tests.tasks.conftest import NewUrl


def kept(new_url: NewUrl, rules: tuple[Keep, ...], days: float) -> dict[str, set[str]]:
    """Return which files each task has after so many days, of one in each of two projects and of an open one."""

    async def run() -> dict[str, set[str]]:
        store = open_store(await new_url())
        await store.open()
        try:
            for name, project in (("a", "shop"), ("b", "others"), ("open", "shop")):
                await made(store, name, project)
            clock = HandClock()
            clock.time = NOW + int(days * 24 * 3600 * 1000)
            retention = Retention(store, rules, clock)
            count = await retention.sweep()
            assert await retention.sweep() == 0
            found = {t: set(await store.files.blobs(t)) for t in ("a", "b", "open") if await store.get(t)}
            assert len(await store.ledger("a")) == 2
            assert count == sum(3 if t not in found else 2 - len(found[t]) for t in ("a", "b")) - 2 * (
                2 - sum(t in found for t in ("a", "b"))
            )
            return found
        finally:
            await store.aclose()

    return asyncio.run(run())


async def made(store: TaskStore, name: str, project: str) -> None:
    task = await store.create(replace(sample_task(name), id=name, project_id=project))
    for file in ("input-0", "output"):
        await store.files.add_blob(task.id, file, f"{name} {file}", at=NOW)
    if name != "open":
        await store.request_cancel(task.id, at=NOW)


ALL = {"input-0", "output"}


@pytest.mark.parametrize(
    ("rules", "days", "left"),
    [
        ((), 1000, {"a": ALL, "b": ALL}),
        (("results=30",), 29, {"a": ALL, "b": ALL}),
        (("results=30",), 31, {"a": {"input-0"}, "b": {"input-0"}}),
        (("inputs=0.5", "results=30"), 1, {"a": {"output"}, "b": {"output"}}),
        (("shop:results=7",), 8, {"a": {"input-0"}, "b": ALL}),
        (("results=7", "shop:results=30"), 8, {"a": ALL, "b": {"input-0"}}),
        (("tasks=7", "others:tasks=365"), 8, {"b": ALL}),
    ],
)
def test_rules(new_url: NewUrl, rules: tuple[str, ...], days: float, left: dict[str, set[str]]) -> None:
    assert kept(new_url, read_keeps(rules), days) == {**left, "open": ALL}


@pytest.mark.parametrize("text", ["results", "results=", "results=-1", "films=3", "shop:=3", "results=nan"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--keep"):
        read_keeps([text])


def test_the_last_rule_of_a_kind_counts() -> None:
    assert read_keeps(["results=3", "results=5", "a:b:inputs=1"]) == (
        Keep(Kept.RESULTS, 5.0),
        Keep(Kept.INPUTS, 1.0, "a:b"),
    )


def test_a_quota_removes_files_of_the_oldest_ended_tasks(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        try:
            for name, project in (("open", "shop"), ("a", "shop"), ("b", "shop"), ("c", "others"), ("d", "free")):
                await made(store, name, project)
            await store.files.note_sizes([(blob, 100) for blob in await store.files.unsized(99)])
            quotas = (Quota(450, "shop"), Quota(150), Quota(10**9, "free"))
            retention = Retention(store, (), HandClock(), quotas, free=1)
            assert await retention.sweep() == 3
            left = {name: set(await store.files.blobs(name)) for name in ("open", "a", "b", "c", "d")}
            assert left == {"open": ALL, "a": set(), "b": ALL, "c": {"output"}, "d": ALL}
            assert await retention.sweep() == 0
        finally:
            await store.aclose()

    asyncio.run(run())


def test_what_was_fetched_goes_after_an_hour(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        try:
            for name, project in (("a", "shop"), ("b", "shop"), ("c", "others")):
                await made(store, name, project)
            for name in ("a", "c"):
                await store.files.note_download(name, at=NOW)
            clock = HandClock()
            retention = Retention(store, read_keeps(["shop:results=fetched", "results=1000"]), clock)
            clock.time = NOW + 3_600_000
            assert await retention.sweep() == 0
            clock.time += 1
            assert await retention.sweep() == 1
            left = [set(await store.files.blobs(name)) for name in ("a", "b", "c")]
            assert left == [{"input-0"}, ALL, ALL]
        finally:
            await store.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("text", ["", "shop", "shop=", "shop=-1", "0", "1.5", "shop=x"])
def test_a_quota_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--quota"):
        read_quotas([text])


def test_quotas_are_megabytes() -> None:
    assert read_quotas(["5", "a=b=7"]) == (Quota(5_000_000), Quota(7_000_000, "a=b"))
