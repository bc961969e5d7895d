"""Which account gets a task, which others may take what waits for it, and what is left of one that is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate import limits
from reelgate.conductor.routing import Router
from reelgate.errors import NobodyMakesIt
from reelgate.providers.account import BUILT_IN, CHARGE, Account
from reelgate.request import Mode
from reelgate.settings import Drawing
from reelgate.tasks.pauses import Pause
from reelgate.testing.stores.samples import NOW
from tests.catalog.requests import row
from tests.conductor.studio import HandClock

HORSE = row("dashscope", "happyhorse-1.0-t2v")
DRAWS = 60
"""Choices by lot among two are all the same once in 2**59 times."""


def account(name: str, kind: str = "dashscope", **more: Any) -> Account:
    return Account(name=name, kind=kind, **more)


def router(*accounts: Account, drawing: Drawing = Drawing.AUTO) -> Router:
    providers: dict[str, Any] = {one.name: object() for one in accounts} | {BUILT_IN: object()}
    return Router(providers, accounts, HandClock(), drawing)


def chosen(routed: Router, **options: Any) -> set[str]:
    return {routed.provider_for(HORSE, Mode.TEXT, **options) for _ in range(DRAWS)}


def test_the_highest_priority_shares_and_others_follow_where_it_can_not() -> None:
    routed = router(account("a"), account("b"), account("last", priority=-1), account("vidu", "vidu"))
    assert chosen(routed) == {"a", "b"}
    assert chosen(routed, avoid="a") == {"b"}
    routed.health["a"].sends.failed("no credit", account=True)
    assert chosen(routed) == {"b"}
    routed.paused = {"b": Pause("b", NOW, "ops", "")}
    assert chosen(routed) == {"last"}
    assert chosen(routed, avoid="last") == {"last"}  # rather than nobody
    routed.leave("last")
    assert chosen(routed) == {"a"}  # it may work again before the paused one does
    routed.leave("a")
    assert chosen(routed) == {"b"}
    routed.leave("b")
    with pytest.raises(NobodyMakesIt):
        routed.provider_for(HORSE, Mode.TEXT)


@pytest.mark.parametrize(
    ("accounts", "drawing", "draws"),
    [
        ([], Drawing.AUTO, True),
        ([account("vidu", "vidu")], Drawing.AUTO, False),
        ([account("vidu", "vidu")], Drawing.ALWAYS, True),
        ([], Drawing.OFF, False),
    ],
)
def test_the_engine_draws_what_nobody_makes_where_it_may(
    accounts: list[Account], drawing: Drawing, draws: bool
) -> None:
    routed = router(*accounts, drawing=drawing)
    assert routed.draws(HORSE, Mode.TEXT) is draws
    if draws:
        assert chosen(routed) == {BUILT_IN}
    else:
        with pytest.raises(NobodyMakesIt):
            routed.provider_for(HORSE, Mode.TEXT)


def test_helpers_are_the_others_that_make_just_the_same_and_may_be_sent_something() -> None:
    routed = router(
        account("a"),
        account("b"),
        account("c"),
        account("d"),
        account("e"),
        account("later", priority=-1),
        account("fewer", models=("happyhorse-1.0-t2v",)),
        account("vidu", "vidu"),
    )
    assert routed.helpers("a") == ["b", "c", "d", "e"]
    assert routed.helpers("fewer") == routed.helpers("vidu") == routed.helpers(BUILT_IN) == []
    routed.paused = {"b": Pause("b", NOW, "ops", "")}
    routed.health["c"].sends.failed("no credit", account=True)
    routed.leave("d")
    assert routed.helpers("a") == ["e"]


def test_an_account_that_is_dropped_is_forgotten_and_may_come_again() -> None:
    routed = router(account("a", look_seconds=7, late=CHARGE, result_seconds=9), account("b"))
    routed.health["a"].sends.failed("no credit", account=True)
    assert (routed.look_ms("a"), routed.charges_late("a"), routed.result_seconds("a")) == (7000, True, 9)
    routed.leave("a")
    assert (list(routed.leaving), chosen(routed)) == (["a"], {"b"})
    routed.drop("a")
    assert (list(routed.leaving), chosen(routed), routed.account("a")) == ([], {"b"}, None)
    unknown = (int(limits.UNKNOWN_SECONDS * 1000), False, limits.BAD_RESULT_SECONDS)
    assert (routed.look_ms("a"), routed.charges_late("a"), routed.result_seconds("a")) == unknown
    for changed in (account("a", per_minute=300, at_once=2), account("a", per_minute=600, at_once=4)):
        routed.put(changed)
        assert (chosen(routed), routed.bounds("a")) == ({"a", "b"}, router(changed).bounds("a"))
    assert routed.bounds("a")[0] == 4
