"""DashScope's client, its second surface: `dashscope.Client`, which raises."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

from dashscope import Client

from tests.clients.scripts.common import BUSY_URL, KEY, LOSSY_URL, MODEL, PICTURE, PROMPT, URL, refused, tell

client = Client(api_key=KEY, base_url=f"{URL}/api/v1")
order: dict[str, Any] = {"model": MODEL, "prompt": PROMPT, "duration": 1, "resolution": "540P"}


def keyed_client(base: str) -> Client:
    """Return a client whose every create bears one key; its calls take no headers of their own."""
    bearing = Client(api_key=KEY, base_url=f"{base}/api/v1")
    bearing.transport.http_client.headers["Idempotency-Key"] = "one video, dashscope 2"
    return bearing


jobs = client.videos.jobs
created = jobs.create(**order, seed=7)
done = jobs.wait(created, poll_interval=0.2)
with urllib.request.urlopen(done.video_url) as answer:  # noqa: S310
    video = answer.read()
pictured = client.videos.generate(
    model="wan2.7-i2v", prompt=PROMPT, image_url=f"file://{PICTURE}", duration=2, resolution="720P"
)
listed = jobs.list(page_size=2)

lossy = keyed_client(LOSSY_URL)
keyed = [lossy.videos.jobs.create(**order).task_id, keyed_client(URL).videos.jobs.create(**order).task_id]

busy = Client(api_key=KEY, base_url=f"{BUSY_URL}/api/v1").videos.jobs
begun, waiting = (busy.create(**order).task_id for _ in range(2))
while busy.fetch(begun).status == "PENDING":
    time.sleep(0.1)
running = refused(lambda: busy.cancel(begun))
busy.cancel(waiting)

tell(
    created={"id": created.task_id, "status": created.status},
    done={"id": done.task_id, "status": done.status, "usage": done.usage},
    video=[video[4:8].decode(), len(video)],
    pictured=[pictured.status, pictured.succeeded],
    listed=listed.model_dump(),
    keyed=keyed,
    running=running,
    called_off=busy.fetch(waiting).status,
    canceled_wait=refused(lambda: busy.wait(waiting)),
    unknown=jobs.wait("00000000-0000-7000-8000-000000000000").status,
    refusals={
        "model": refused(lambda: jobs.create(**{**order, "model": "wan9.9-t2v"})),
        "duration": refused(lambda: jobs.create(**{**order, "duration": 99})),
        "key": refused(lambda: client.with_options(api_key="sk-wrong").videos.jobs.create(**order)),
        "reused": refused(lambda: keyed_client(URL).videos.jobs.create(**{**order, "prompt": "另一只"})),
    },
)
