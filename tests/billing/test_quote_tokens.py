"""A quote's life, on a clock of our own."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.pricing import HeldPrice
from reelgate.billing.quote_tokens import QUOTE_HEADER, QuoteTokens
from reelgate.billing.terms import Measure, Terms
from reelgate.dialects.port import Call
from reelgate.errors import InvalidField
from reelgate.signing import Signer

PRICE = HeldPrice(476_000, Terms(rule="happyhorse 720p", held=Measure(5), per_second=95_200, agreed_seconds=5))
CALL = Call("/v1/video/generations", {}, {"prompt": "一只猫", "n": {"b": [1, 2.5], "a": None}})


class Clock:
    set_by = 0

    def __init__(self) -> None:
        self.time = 1_800_000_000_000

    def now(self) -> int:
        return self.time


def sent(quote_id: str) -> Call:
    return replace(CALL, headers={QUOTE_HEADER: quote_id})


def test_a_quote_pins_its_price_until_it_ends() -> None:
    clock = Clock()
    tokens = QuoteTokens(Signer(b"secret"), clock)
    quote_id, ends = tokens.issue("p", CALL, PRICE)
    assert ends == clock.time + limits.QUOTE_SECONDS * 1000
    clock.time = ends - 1
    pinned = tokens.redeem("p", sent(quote_id))
    assert pinned is not None
    assert (pinned.micros, replace(pinned.terms, quote="")) == (PRICE.micros, PRICE.terms)
    assert len(pinned.terms.quote) == 16
    clock.time = ends
    with pytest.raises(InvalidField, match="it has expired"):
        tokens.redeem("p", sent(quote_id))


def test_a_create_without_a_quote_pins_nothing() -> None:
    assert QuoteTokens(Signer(b"secret"), Clock()).redeem("p", CALL) is None


@pytest.mark.parametrize("broken", ["quote_", "quote_e30.", "一", "quote_é.é", "a.b", "quote_" + "A" * 5_000])
def test_what_this_server_did_not_sign_is_refused(broken: str) -> None:
    other, _ = QuoteTokens(Signer(b"another secret"), Clock()).issue("p", CALL, PRICE)
    for quote_id in (broken, other, other.swapcase()):
        with pytest.raises(InvalidField, match="it is not a quote of this server"):
            QuoteTokens(Signer(b"secret"), Clock()).redeem("p", sent(quote_id))


@pytest.mark.parametrize(
    ("project", "changed"),
    [("p", {"body": {**CALL.body, "prompt": "一只狗"}}), ("p", {"path": "/v1/videos"}), ("q", {})],
)
def test_a_quote_is_for_one_request_of_one_project(project: str, changed: dict[str, Any]) -> None:
    tokens = QuoteTokens(Signer(b"secret"), Clock())
    quote_id, _ = tokens.issue("p", CALL, PRICE)
    what = "request" if changed else "project"
    with pytest.raises(InvalidField, match=f"it was made for another {what}") as refused:
        tokens.redeem(project, replace(sent(quote_id), **changed))
    assert quote_id in str(refused.value.value)
