"""POSTs at the moment when an idle connection would be closed, by clients and proxies as they come."""

from __future__ import annotations

import pytest

from scripts.idle_close import CLIENTS, PROXIES, missing, prove

KEEP_ALIVE = 92.0
"""Longer than net/http keeps a connection, which is the longest of those that keep to their own time."""


def test_no_post_is_lost_to_the_close_of_an_idle_connection() -> None:
    names = [name for name in (*CLIENTS, *PROXIES) if not missing([name])]
    options = ["--keep-alive-seconds", f"{KEEP_ALIVE:g}", "--creates-at-once", "8192"]  # all of them come at one moment
    outcomes, tasks = prove(names, count=200, idle=KEEP_ALIVE, options=options)
    assert {one.who: one.errors for one in outcomes if one.lost} == {}
    assert {one.sent for one in outcomes} == {200}
    assert tasks == sum(one.sent for one in outcomes)
    if len(names) < len(CLIENTS) + len(PROXIES):
        pytest.skip(f"the others need {missing([*CLIENTS, *PROXIES])}: scripts/clients.sh says how")
