"""DashScope's client, its first surface: `dashscope.VideoSynthesis`, which answers mistakes instead of raising them."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

import dashscope
from dashscope import VideoSynthesis

from tests.clients.scripts.common import BUSY_URL, KEY, LOSSY_URL, MODEL, PICTURE, PROMPT, URL, tell

dashscope.base_http_api_url = f"{URL}/api/v1"
dashscope.api_key = KEY
order: dict[str, Any] = {"model": MODEL, "prompt": PROMPT, "duration": 1, "resolution": "540P"}
pictured_order: dict[str, Any] = {"model": "wan2.7-i2v", "prompt": PROMPT, "duration": 2, "resolution": "720P"}


def fact(answer: Any) -> dict[str, Any]:
    """Return what an answer of the client holds."""
    return {"status": int(answer.status_code), **{name: answer.get(name) for name in ("code", "message", "output")}}


created = VideoSynthesis.async_call(**order, seed=7)
done = VideoSynthesis.wait(created)
with urllib.request.urlopen(done.output.video_url) as answer:  # noqa: S310
    video = answer.read()
pictured = VideoSynthesis.call(**pictured_order, media=[{"type": "first_frame", "url": f"file://{PICTURE}"}])
listed = VideoSynthesis.list(page_size=2)

key = {"Idempotency-Key": "one video, dashscope 1"}
before = VideoSynthesis.list().output["total"]
lost = VideoSynthesis.async_call(**order, headers=dict(key), base_address=f"{LOSSY_URL}/api/v1")
again = VideoSynthesis.async_call(**order, headers=dict(key))
after = VideoSynthesis.list().output["total"]

dashscope.base_http_api_url = f"{BUSY_URL}/api/v1"
busy = [VideoSynthesis.async_call(**order) for _ in range(2)]
while VideoSynthesis.fetch(busy[0]).output.task_status == "PENDING":
    time.sleep(0.1)
running = VideoSynthesis.cancel(busy[0])
waiting = VideoSynthesis.cancel(busy[-1])
called_off = VideoSynthesis.fetch(busy[-1])
dashscope.base_http_api_url = f"{URL}/api/v1"

tell(
    version=dashscope.version.__version__,
    created=fact(created),
    done={**fact(done), "usage": done.usage},
    video=[video[4:8].decode(), len(video)],
    pictured=fact(pictured),
    listed=listed.output,
    lost=fact(lost),
    again=fact(again),
    made=after - before,
    running=fact(running),
    waiting=fact(waiting),
    called_off=fact(called_off),
    refusals={
        "model": fact(VideoSynthesis.async_call(**{**order, "model": "wan9.9-t2v"})),
        "duration": fact(VideoSynthesis.async_call(**{**order, "duration": 99})),
        "key": fact(VideoSynthesis.async_call(**order, api_key="sk-wrong")),
        "id": fact(VideoSynthesis.fetch("00000000-0000-7000-8000-000000000000")),
        "reused": fact(VideoSynthesis.async_call(**{**order, "prompt": "另一只"}, headers=dict(key))),
    },
)
