"""OpenAI's client, version 2 or 3: everything that it offers for videos."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openai

from tests.clients.scripts.common import KEY, LOSSY_URL, MODEL, PICTURE, PROMPT, URL, refused, tell

warnings.simplefilter("ignore", DeprecationWarning)  # OpenAI has shut its own service down; the client goes on
client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
order: dict[str, Any] = {"model": MODEL, "prompt": PROMPT, "seconds": "1"}

created = client.videos.create(**order, size="960x540", extra_body={"seed": 7})
done = client.videos.poll(created.id, poll_interval_ms=100)
video = client.videos.download_content(created.id).read()
thumbnail = client.videos.download_content(created.id, variant="thumbnail").read()
pictured = client.videos.create_and_poll(**order, input_reference=Path(PICTURE), poll_interval_ms=100)
remixed = client.videos.remix(created.id, prompt=f"{PROMPT}，雪")
listed = [found.id for found in client.videos.list(limit=1)]
deleted = client.videos.delete(remixed.id)

key = {"Idempotency-Key": f"one video, openai {openai.__version__}"}
keyed = [client.videos.create(**order, extra_headers=key).id for _ in range(2)]
remix_key = {"Idempotency-Key": f"one remix, openai {openai.__version__}"}
remixes = [client.videos.remix(created.id, prompt="雾", extra_headers=remix_key).id for _ in range(2)]
before = len(list(client.videos.list()))
lossy = openai.OpenAI(base_url=f"{LOSSY_URL}/v1", api_key=KEY)
retried = lossy.videos.create(**{**order, "prompt": "重试"})
after = len(list(client.videos.list()))

tell(
    version=openai.__version__,
    created=created.to_dict(),
    done=done.to_dict(),
    video=[video[4:8].decode(), len(video)],
    thumbnail=thumbnail[8:12].decode(),
    pictured=pictured.to_dict(),
    remixed=remixed.to_dict(),
    listed=listed,
    deleted=deleted.to_dict(),
    keyed=keyed,
    remixes=remixes,
    retried=[retried.id, after - before],
    newest=client.videos.list(limit=1).data[0].id,
    refusals={
        "model": refused(lambda: client.videos.create(**{**order, "model": "sora-1"})),
        "seconds": refused(lambda: client.videos.create(**{**order, "seconds": "99"})),
        "key": refused(client.with_options(api_key="sk-wrong").videos.list),
        "id": refused(lambda: client.videos.retrieve("video_none")),
        "reused": refused(lambda: client.videos.create(**{**order, "prompt": "另一只"}, extra_headers=key)),
        "variant": refused(lambda: client.videos.download_content(created.id, variant="hologram")),
        "prompt": refused(lambda: client.videos.remix(created.id, prompt="")),
    },
)
