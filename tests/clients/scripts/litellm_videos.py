"""LiteLLM's video calls, which are made for OpenAI's API and reach any server that speaks it by `api_base`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import litellm

from tests.clients.scripts.common import KEY, LOSSY_URL, MODEL, PICTURE, PROMPT, URL, refused, tell

POLL_SECONDS = 0.2
there: dict[str, Any] = {"api_base": f"{URL}/v1", "api_key": KEY}
order: dict[str, Any] = {"model": f"openai/{MODEL}", "prompt": PROMPT, "seconds": "1", **there}


def finished(video_id: str) -> Any:
    """Poll until a video has ended."""
    while (found := litellm.video_status(video_id, **there)).status in ("queued", "in_progress"):
        time.sleep(POLL_SECONDS)
    return found


created = litellm.video_generation(**order)
done = finished(created.id)
video = litellm.video_content(created.id, **there)
with Path(PICTURE).open("rb") as picture:
    pictured = finished(litellm.video_generation(**order, input_reference=picture).id)
remixed = litellm.video_remix(created.id, prompt=f"{PROMPT}，雪", **there)
listed = litellm.video_list(limit=3, **there)

key = {"Idempotency-Key": "one video, litellm"}
lost = refused(lambda: litellm.video_generation(**{**order, "api_base": f"{LOSSY_URL}/v1"}, extra_headers=key))
keyed = [litellm.video_generation(**order, extra_headers=key).id for _ in range(2)]
newest = litellm.video_list(limit=2, **there)["data"]

tell(
    created=created.model_dump(),
    done=done.model_dump(),
    video=[video[4:8].decode(), len(video)],
    pictured=pictured.model_dump(),
    remixed=remixed.model_dump(),
    listed=listed,
    lost=lost,
    keyed=keyed,
    newest=[found["id"] for found in newest],
    refusals={
        "model": refused(lambda: litellm.video_generation(**{**order, "model": "openai/sora-1"})),
        "seconds": refused(lambda: litellm.video_generation(**{**order, "seconds": "99"})),
        "key": refused(lambda: litellm.video_list(**{**there, "api_key": "sk-wrong"})),
        "id": refused(lambda: litellm.video_status("video_none", **there)),
        "reused": refused(lambda: litellm.video_generation(**{**order, "prompt": "另一只"}, extra_headers=key)),
    },
)
