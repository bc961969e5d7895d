"""LiteLLM's video calls, which are made for OpenAI's API and reach any server that speaks it by `api_base`."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import litellm
import openai

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

edited = litellm.video_edit(created.id, prompt="it snows", **there)
extended = litellm.video_extension(created.id, prompt="it jumps", seconds="4", **there)
tom = litellm.video_create_character(name="Tom", video=io.BytesIO(video), **there)
by_sora_s_name = litellm.video_generation(model="openai/sora-2", prompt=PROMPT, **there)
plain_id = litellm.decode_video_id_with_provider(by_sora_s_name.id)["video_id"]
openai.OpenAI(base_url=there["api_base"], api_key=KEY).videos.delete(str(plain_id))  # LiteLLM has no such call

line: dict[str, Any] = {"custom_id": "cat", "method": "POST", "url": "/v1/videos"}
line["body"] = {"model": MODEL, "prompt": PROMPT, "seconds": "1"}
through: dict[str, Any] = {"custom_llm_provider": "openai", **there}
file = litellm.create_file(file=("orders.jsonl", json.dumps(line).encode()), purpose="batch", **through)
batch: Any = litellm.create_batch("24h", "/v1/videos", file.id, **through)
while batch.status not in ("completed", "failed", "expired", "cancelled"):
    time.sleep(POLL_SECONDS)
    batch = litellm.retrieve_batch(batch.id, **through)
output: Any = litellm.file_content(batch.output_file_id, **through)

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
    edited=edited.model_dump(),
    extended=extended.model_dump(),
    character=[tom.name, litellm.video_get_character(tom.id, **there).id == tom.id],
    sora=by_sora_s_name.model_dump(),
    batch=[batch.status, batch.request_counts.model_dump(), json.loads(output.text)],
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
