"""Ark's client: everything that it offers for videos."""

from __future__ import annotations

import base64
import time
import urllib.request
from pathlib import Path
from typing import Any

from volcenginesdkarkruntime import Ark

from tests.clients.scripts.common import BUSY_URL, KEY, LOSSY_URL, MODEL, PICTURE, PROMPT, URL, refused, tell

POLL_SECONDS = 0.2
tasks = Ark(base_url=f"{URL}/api/v3", api_key=KEY).content_generation.tasks
text = {"type": "text", "text": PROMPT}
order: dict[str, Any] = {"model": MODEL, "content": [text], "duration": 2, "resolution": "480p", "ratio": "16:9"}


def finished(task_id: str) -> Any:
    """Poll until a task has ended."""
    while (found := tasks.get(task_id=task_id)).status in ("queued", "running"):
        time.sleep(POLL_SECONDS)
    return found


created = tasks.create(**order, seed=7, return_last_frame=True)
done = finished(created.id)
with urllib.request.urlopen(done.content.video_url) as answer:  # noqa: S310
    video = answer.read()
picture = "data:image/png;base64," + base64.b64encode(Path(PICTURE).read_bytes()).decode()
first_frame = {"type": "image_url", "image_url": {"url": picture}, "role": "first_frame"}
pictured = finished(tasks.create(**{**order, "content": [text, first_frame], "ratio": "adaptive"}).id)
page = tasks.list(page_num=1, page_size=1, status="succeeded", model=MODEL)
two = tasks.list(task_ids=[created.id, pictured.id])

key = {"Idempotency-Key": "one video, ark"}
lossy = Ark(base_url=f"{LOSSY_URL}/api/v3", api_key=KEY).content_generation.tasks
before = tasks.list().total
keyed = [lossy.create(**order, extra_headers=key).id, tasks.create(**order, extra_headers=key).id]
after = tasks.list().total

busy = Ark(base_url=f"{BUSY_URL}/api/v3", api_key=KEY).content_generation.tasks
begun, waiting = (busy.create(**order).id for _ in range(2))
while busy.get(task_id=begun).status == "queued":
    time.sleep(POLL_SECONDS)
running = refused(lambda: busy.delete(task_id=begun))
busy.delete(task_id=waiting)
called_off = busy.get(task_id=waiting)
tasks.delete(task_id=pictured.id)

tell(
    created=created.id,
    done=done.model_dump(),
    video=[video[4:8].decode(), len(video)],
    pictured=pictured.model_dump(),
    page=[page.total, [item.id for item in page.items]],
    two=sorted(item.id for item in two.items),
    keyed=keyed,
    made=after - before,
    running=running,
    called_off=called_off.status,
    deleted=refused(lambda: tasks.get(task_id=pictured.id)),
    refusals={
        "model": refused(lambda: tasks.create(**{**order, "model": "doubao-seedance-9-9-999999"})),
        "duration": refused(lambda: tasks.create(**{**order, "duration": 99})),
        "key": refused(Ark(base_url=f"{URL}/api/v3", api_key="sk-wrong").content_generation.tasks.list),
        "id": refused(lambda: tasks.get(task_id="cgt-20260101000000-abcde")),
        "reused": refused(lambda: tasks.create(**{**order, "seed": 9}, extra_headers=key)),
    },
)
