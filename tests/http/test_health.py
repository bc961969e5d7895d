"""Readiness is answered within a second, whatever hangs."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from reelgate.clock import SystemClock
from reelgate.errors import StoreError
from reelgate.http.caller import Visitor
from reelgate.http.health_routes import HealthRoutes
from reelgate.http.links import LinkMaker
from reelgate.media.links import LinkSigner
from reelgate.signing import Signer


async def hanging() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(30)  # a driver that takes its time to let go


async def away() -> None:
    raise StoreError


async def fine() -> None:
    return


@pytest.mark.parametrize(("ping", "status"), [(hanging, 503), (away, 503), (fine, 200)])
def test_readiness_is_told_within_a_second(ping: Any, status: int) -> None:
    async def run() -> tuple[int, Any]:
        store, media, conductor = (
            SimpleNamespace(ping=ping),
            SimpleNamespace(ping=ping),
            SimpleNamespace(condition="ok"),
        )
        links = LinkMaker(LinkSigner(Signer(b"s" * 32)), SystemClock(), public_url="", seconds=60)
        health = HealthRoutes(store=store, media=media, conductor=conductor, unconfined=dict)  # type: ignore[arg-type]
        answer = await health.ready(Visitor(Request({"type": "http"}), links))
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        return answer.status_code, json.loads(bytes(answer.body))

    code, body = asyncio.run(asyncio.wait_for(run(), 480))

    assert (code, body["store"]) == (status, "ok" if status == 200 else "unavailable")
