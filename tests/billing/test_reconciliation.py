"""What an operator reconciles, and what is earned."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.quotes import quote
from reelgate.billing.reconciliation import FREE, Margin, Report, margins, reconcile, vendor_cost
from reelgate.request import Media, MediaKind, Mode, Order, Part, Role
from reelgate.tasks import open_store
from reelgate.tasks.parked import Loss
from reelgate.tasks.record import AttemptState, NewTask
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore
from reelgate.testing.stores.money import open_account, paid_task
from reelgate.testing.stores.samples import NOW, OUTPUT, bring
from tests.catalog.requests import CATALOG, request, row

LATE = NOW + limits.HOLD_LATE_SECONDS * 1000 + 1


def with_store(folder: Path, work: Callable[[TaskStore], Awaitable[None]]) -> None:
    async def run() -> None:
        store = open_store(f"sqlite:///{folder / 'journal.db'}")
        await store.open()
        await open_account(store, floor_micros=None)
        await work(store)
        await store.aclose()

    asyncio.run(run())


def sold(name: str, dialect: str, model: str, provider: str) -> NewTask:
    """A text task of 5 seconds at 720p, priced as its seller does, made by an account."""
    wanted = request(row(dialect, model), Mode.TEXT, resolution="720p", ratio="16:9", duration=5)
    price = quote(row(dialect, model), wanted, at=NOW).micros
    return paid_task(name, request=wanted, dialect=dialect, provider=provider, price_micros=price)


def test_late_unknown_and_short_tasks_are_told(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        waiting = await store.create(paid_task("waiting"))
        lost = await bring(store, await store.create(paid_task("lost", created_at=LATE)), State.UNKNOWN)
        short = await bring(store, await store.create(paid_task("short")), State.COLLECTING)
        await store.move(short, "finish", Change(at=NOW, output=replace(OUTPUT, duration=4)))
        fine = await bring(store, await store.create(paid_task("fine")), State.COLLECTING)
        await store.move(fine, "finish", Change(at=NOW, output=OUTPUT))

        report: Report = await reconcile(store, now=LATE, since=NOW)

        told = [[task.id for task in tasks] for tasks in (report.held_too_long, report.unknown, report.short)]
        assert told == [[waiting.id], [lost.id], [short.id]]
        assert report.discrepancies == []

    with_store(tmp_path, work)


def test_a_margin_is_the_charge_less_the_vendors_list_price(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        for new in (
            sold("a", "apiyi", "wan2.7-t2v", "our-wan"),
            sold("b", "uniall", "happy-horse-720p", "our-wan"),
            sold("c", "uniall", "happy-horse-720p", "engine"),
            sold("d", "uniall", "happy-horse-720p", "animatic"),
            sold("e", "uniall", "happy-horse-720p", "free"),  # the name of an account that was taken away
        ):
            task = await bring(store, await store.create(new), State.COLLECTING)
            await store.move(task, "finish", Change(at=NOW, output=OUTPUT))

        found = await margins(store, CATALOG, {"our-wan": "dashscope"}, free="animatic", since=NOW)

        assert found == [
            Margin("happy-horse-720p", "animatic", 1, 476_000, 0),
            Margin("happy-horse-720p", "engine", 1, 476_000, None),
            Margin("happy-horse-720p", "free", 1, 476_000, None),
            Margin("happy-horse-720p", "our-wan", 1, 476_000, 630_000),
            Margin("wan2.7-t2v", "our-wan", 1, 420_000, 420_000),
        ]
        assert [line.margin for line in found] == [476_000, None, None, -154_000, 0]

    with_store(tmp_path, work)


@pytest.mark.parametrize(
    ("model", "charged", "cost"),
    [("viduq3p-720p", 500_000, 500_000), ("viduq3p-720p-offpeak", 250_000, 250_000)],
)
def test_what_is_off_peak_by_its_name_costs_the_vendors_price_for_that(
    model: str, charged: int, cost: int, tmp_path: Path
) -> None:
    async def work(store: TaskStore) -> None:
        task = await bring(store, await store.create(sold("a", "uniall", model, "our-vidu")), State.COLLECTING)
        await store.move(task, "finish", Change(at=NOW, output=OUTPUT))

        found = await margins(store, CATALOG, {"our-vidu": "vidu"}, free="animatic", since=NOW)

        assert found == [Margin(model, "our-vidu", 1, charged, cost)]

    with_store(tmp_path, work)


@pytest.mark.parametrize(
    ("first", "whole", "cost"),
    [
        (5.0, 8.0, (5 + 5) * 84_000),
        (3.0, 8.0, (3 + 5) * 84_000),
        (5.0, 6.7, (5 + 4) * 84_000),  # 1.7 new seconds, and the two with which the last part begins
        (3.0, 5.2, (3 + 4) * 84_000),
        (5.0, 1.0, (5 + 2) * 84_000),
    ],
)
def test_each_part_of_a_video_costs_what_its_own_film_has(
    tmp_path: Path, first: float, whole: float, cost: int
) -> None:
    async def work(store: TaskStore) -> None:
        parts = (
            Part("wan2.7-t2v", "dashscope", "720p", "16:9", 5),
            Part("wan2.7-i2v", "dashscope", "720p", "adaptive", 3, tail=2),
        )
        film = Media(
            MediaKind.VIDEO, Role.FIRST_CLIP, "video", blob="ab" * 32, facts=replace(OUTPUT.facts, seconds=first)
        )
        order = Order(
            "sora-2", "dashscope", Mode.TEXT, "720p", "16:9", 8, width=1280, height=720, parts=parts, at=1, made=(film,)
        )
        task = await store.create(sold("parts", "apiyi", "wan2.7-t2v", "our-wan"))
        output = replace(OUTPUT, seconds=whole, duration=round(whole))
        made = replace(task, request=replace(task.request, model="wan2.7-i2v", order=order), output=output)
        assert vendor_cost(CATALOG, made, ["dashscope", "dashscope"]) == cost
        assert vendor_cost(CATALOG, made, [FREE, "dashscope"]) == cost - round(first) * 84_000
        assert vendor_cost(CATALOG, made, ["dashscope"]) is None
        assert vendor_cost(CATALOG, made, ["dashscope", "unheard of"]) is None

    with_store(tmp_path, work)


def test_videos_of_which_the_vendor_says_another_length_are_counted_with_both_lengths(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        said = {"said nothing": 0.0, "said right": 5.19, "said more": 6.0, "said less": 4.7}
        for name, seconds in said.items():
            new = sold(name, "apiyi", "wan2.7-t2v", "our-wan")
            task = await bring(store, await store.create(new), State.COLLECTING)
            await store.move(task, "finish", Change(at=NOW, output=replace(OUTPUT, said_seconds=seconds)))

        (found,) = await margins(store, CATALOG, {"our-wan": "dashscope"}, free="animatic", since=NOW)

        assert (found.tasks, found.differing, found.said_seconds, found.counted_seconds) == (4, 2, 10.7, 10.0)

    with_store(tmp_path, work)


def test_what_was_paid_for_in_vain_stands_beside_the_margin_of_its_model_and_account(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        made = await bring(store, await store.create(sold("a", "apiyi", "wan2.7-t2v", "our-wan")), State.COLLECTING)
        await store.move(made, "finish", Change(at=NOW, output=OUTPUT))
        for name, model, dialect, micros in (
            ("b", "wan2.7-t2v", "apiyi", 7),
            ("c", "wan2.7-t2v", "apiyi", 5),
            ("d", "happy-horse-720p", "uniall", None),
        ):
            task = await bring(store, await store.create(sold(name, dialect, model, "our-wan")), State.COLLECTING)
            lost = Loss(task.attempt_id or "", task.id, task.project_id, "our-wan", model, micros, NOW, "late")
            attempt = task.attempt_id
            done = Change(at=NOW, due_in_ms=0, attempt_id=attempt, attempt_state=AttemptState.DONE, loss=lost)
            await store.move(await store.move(task, "go_on", done), "fail", Change(at=NOW))

        found = await margins(store, CATALOG, {"our-wan": "dashscope"}, free="animatic", since=NOW)

        assert [(one.model, one.tasks, one.lost, one.lost_cost, one.differing) for one in found] == [
            ("happy-horse-720p", 0, 1, None, 0),
            ("wan2.7-t2v", 1, 2, 12, 0),
        ]

    with_store(tmp_path, work)
