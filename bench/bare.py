"""The yardstick: the same answers from plain Starlette routes that check no key and store nothing."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class _Create(msgspec.Struct):
    model: str
    prompt: str
    resolution: str = "1080P"
    ratio: str = "16:9"
    duration: int = 5
    watermark: bool = True
    seed: int | None = None
    parameters: dict[str, Any] = {}


_decode = msgspec.json.Decoder(_Create).decode
_created = os.environ.get("BENCH_CREATED", "{}").encode()
_queried = os.environ.get("BENCH_QUERIED", "{}").encode()


async def create(request: Request) -> Response:
    """Decode and validate the body, answer."""
    _decode(await request.body())
    return Response(_created, media_type="application/json")


async def query(_: Request) -> Response:
    """Answer."""
    return Response(_queried, media_type="application/json")


app = Starlette(
    routes=[
        Route("/v1/video/generations", create, methods=["POST"]),
        Route("/v1/video/generations/{task_id}", query, methods=["GET"]),
    ]
)
