"""What a batch counts of orders whose answers are refused, lost or late."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelgate.batch.book import FAILED, LEFT, ORDERED, REFUSED, Book
from reelgate.batch.rows import Row
from reelgate.batch.work import BatchRun
from reelgate.client import AsyncReelgate
from tests.providers.scripted import ScriptedVendor

PRICE = 500_000
MADE = {
    "id": "task_1",
    "model": "m",
    "status": "submitted",
    "state": "queued",
    "progress": 0,
    "created_at": 1_800_000_000,
    "price": {"amount_micros": PRICE},
}
QUOTE = {"id": "quote_1", "price": {"amount_micros": PRICE}}


@pytest.fixture
def server() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as scripted:
        scripted.answer("POST", 200, MADE, at="/v1/tasks")
        scripted.answer("POST", 200, QUOTE, at="/v1/quotes")
        yield scripted


def refusal(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "no", "param": None}}


def run(server: ScriptedVendor, folder: Path, *, budget: int | None, rows: int = 2, again: bool = False) -> Book:
    book = Book(folder, [Row(f"{n}", f"line {n}", {"model": "m", "prompt": f"{n}"}) for n in range(rows)])

    async def main() -> None:
        async with AsyncReelgate(server.url.removesuffix("/v1"), key="sk-test", retry_seconds=0) as house:
            await BatchRun(house, book, jobs=1, budget=budget, again=again, shown=lambda _: None).run()

    try:
        asyncio.run(main())
    finally:
        book.close()
    return book


@pytest.mark.parametrize(("status", "code"), [(403, "forbidden"), (400, "invalid_request"), (500, "internal_error")])
def test_an_order_that_can_t_be_looked_at_is_one_all_the_same(
    server: ScriptedVendor, tmp_path: Path, status: int, code: str
) -> None:
    server.answer("GET", status, refusal(code))

    book = run(server, tmp_path, budget=PRICE)

    first, second = book.entries
    assert (first.state, first.task) == (ORDERED, "task_1")
    assert second.state == LEFT
    assert book.spent == PRICE
    assert len([one for one in server.seen if one.path == "/v1/tasks"]) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "unconfirmed"), (400, "answer_failed"), (500, "internal_error"), (200, "an answer of another program")],
)
def test_an_order_that_may_have_been_taken_counts_until_that_is_known(
    server: ScriptedVendor, tmp_path: Path, status: int, code: str
) -> None:
    server.answer("POST", status, refusal(code), at="/v1/tasks")

    book = run(server, tmp_path, budget=PRICE)
    assert [entry.state for entry in book.entries] == [ORDERED, LEFT]
    assert book.spent == PRICE

    again = run(server, tmp_path, budget=PRICE - 1)  # it may not be sent again for less, and is not forgotten
    assert [entry.state for entry in again.entries] == [ORDERED, LEFT]
    assert again.spent == PRICE


def test_a_task_that_is_gone_is_made_anew_only_where_that_is_wanted(server: ScriptedVendor, tmp_path: Path) -> None:
    server.answer("GET", 500, refusal("internal_error"))
    run(server, tmp_path, budget=None, rows=1)  # it was ordered, and stopped before its end
    server.answer("GET", 404, refusal("task_not_found"))

    book = run(server, tmp_path, budget=PRICE, rows=1)

    orders = [one for one in server.seen if one.path == "/v1/tasks"]
    assert len(orders) == 1
    assert [entry.state for entry in book.entries] == [FAILED]
    assert book.spent == PRICE  # nobody knows that it was not charged

    book = run(server, tmp_path, budget=2 * PRICE, rows=1, again=True)
    orders = [one for one in server.seen if one.path == "/v1/tasks"]
    assert len({one.headers["idempotency-key"] for one in orders}) == len(orders) == 2
    assert book.spent == 2 * PRICE


def test_an_order_that_was_refused_costs_nothing(server: ScriptedVendor, tmp_path: Path) -> None:
    server.answer("POST", 400, refusal("invalid_request"), at="/v1/tasks")

    book = run(server, tmp_path, budget=None)

    assert [entry.state for entry in book.entries] == [REFUSED, REFUSED]
    assert book.spent == 0


def test_what_is_written_after_a_line_that_was_cut_off_is_read(tmp_path: Path) -> None:
    rows = [Row("a", "line 1", {"prompt": "x"})]
    with (tmp_path / "batch.log").open("w") as log:
        log.write('{"id": "a", "sta')
    book = Book(tmp_path, rows)
    entry = book.entries[0]
    entry.begin("order")
    book.note(entry, ORDERED, price=PRICE, reason="a line\u2028of\x85its own")
    book.close()

    again = Book(tmp_path, rows)
    assert (again.entries[0].state, again.spent) == (ORDERED, PRICE)
    again.close()
    assert json.loads((tmp_path / "batch.log").read_text().split("\n")[1])["id"] == "a"
