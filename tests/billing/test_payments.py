"""Which payments are written down, up to the largest one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelgate.billing.payments import Payments
from reelgate.errors import InvalidField
from reelgate.tasks import open_store
from reelgate.testing.stores.money import open_account, paid_task
from tests.conductor.studio import HandClock
from tests.loop import in_loop

PROJECT = paid_task("one").project_id
MOST, CHARS = 1_000_000_000_000_000, 200
BODY = {"amount_micros": 1, "reference": "invoice 1", "reason": "bank transfer"}


TAKEN: list[dict[str, Any]] = [
    {"amount_micros": 1},
    {"amount_micros": MOST},
    {"kind": "adjustment", "amount_micros": -MOST},
    {"kind": "adjustment", "amount_micros": MOST},
    {"reason": "y" * CHARS},
]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("amount_micros", {"amount_micros": 0}),
    ("amount_micros", {"amount_micros": -1}),
    ("amount_micros", {"amount_micros": MOST + 1}),
    ("amount_micros", {"amount_micros": True}),
    ("amount_micros", {"amount_micros": 1.0}),
    ("amount_micros", {"kind": "adjustment", "amount_micros": 0}),
    ("amount_micros", {"kind": "adjustment", "amount_micros": -MOST - 1}),
    ("amount_micros", {"kind": "adjustment", "amount_micros": MOST + 1}),
    ("kind", {"kind": "gift"}),
    ("reference", {"reference": "r" * (CHARS + 1)}),
    ("reference", {"reference": " "}),
    ("reason", {"reason": None}),
]


@in_loop
async def test_payments_are_taken_up_to_the_largest_and_refused_beyond_at_their_field(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'journal.db'}")
    await store.open()
    await open_account(store, floor_micros=None)
    payments = Payments(store, HandClock())
    for number, body in enumerate(TAKEN):
        sent = {"kind": "topup", **BODY, "reference": f"{number}".ljust(CHARS, "r"), **body}
        await payments.pay(PROJECT, sent, "ops")
        found = (await payments.payments(PROJECT))[0]
        told = (found.kind, found.micros, found.subject, found.note)
        assert told == (sent["kind"], sent["amount_micros"], f"{PROJECT}/{sent['reference']}", sent["reason"])
    for field, body in REFUSED:
        with pytest.raises(InvalidField) as refused:
            await payments.pay(PROJECT, BODY | body, "ops")
        assert (refused.value.field, refused.value.value) == (field, (BODY | body)[field])
    assert len(await payments.payments(PROJECT)) == len(TAKEN)
    await store.aclose()
