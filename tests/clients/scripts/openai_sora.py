"""OpenAI's client, version 2 or 3, as a program of Sora's calls it: nothing but address and key is another's."""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path
from typing import Any

import openai

from tests.clients.scripts.common import KEY, MODEL, PICTURE, URL, refused, tell

warnings.simplefilter("ignore", DeprecationWarning)  # OpenAI has shut its own service down; the client goes on
client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
azure = openai.AzureOpenAI(azure_endpoint=URL, api_key=KEY, api_version="2025-04-01-preview")
videos: Any = client.videos

source = client.videos.create_and_poll(model="animatic", prompt="a cat", seconds="1", poll_interval_ms=100)
clip = client.videos.download_content(source.id).read()
sheet = client.videos.download_content(source.id, variant="spritesheet").read()

line: dict[str, Any] = {"custom_id": "cat", "method": "POST", "url": "/v1/videos"}
line["body"] = {"model": "animatic", "prompt": "a cat", "seconds": "1", "size": "1280x720"}
file = client.files.create(file=("orders.jsonl", json.dumps(line).encode()), purpose="batch")
batch = client.batches.create(input_file_id=file.id, endpoint="/v1/videos", completion_window="24h")
while batch.status not in ("completed", "failed", "expired", "cancelled"):
    time.sleep(0.2)
    batch = client.batches.retrieve(batch.id)
line = json.loads(client.files.content(str(batch.output_file_id)).text)
ordered = client.videos.delete(line["response"]["body"]["id"])
batched = {
    "batch": batch.to_dict(),
    "line": line,
    "batches": [one.id for one in client.batches.list(limit=1)][:1] == [batch.id],
    "files": [one.purpose for one in client.files.list(order="asc")],
    "file": client.files.retrieve(file.id).filename,
    "deleted": [client.files.delete(file.id).deleted, ordered.deleted],
    "cancel": refused(lambda: client.batches.cancel(batch.id)),
}

plain = client.videos.create(prompt="a cat on a wall")
asked = client.videos.create(model="sora-2-pro", prompt="a cat", seconds="12", size="1792x1024")
pictured = client.videos.create(model=MODEL, prompt="a cat", size="1280x720", input_reference=Path(PICTURE))
by_azure = azure.videos.create(model="sora-2", prompt="a cat")
remixed = client.videos.remix(source.id, prompt="it snows")
listed = [found.id for found in client.videos.list(limit=3)][:3]

# Version 2 has no edit, extend or characters.
newer: dict[str, Any] = {}
if hasattr(videos, "edit"):
    newer["edited"] = videos.edit(prompt="it snows", video=clip).to_dict()
    newer["extended"] = videos.extend(prompt="it jumps", seconds="4", video=clip).to_dict()
    tom = videos.create_character(name="Tom", video=clip)
    newer["character"] = [tom.name, videos.get_character(tom.id).id == tom.id]
    cast = client.videos.create(prompt="Tom runs", extra_body={"characters": [{"id": tom.id}]})
    newer["cast"] = cast.to_dict()

made = [plain, asked, pictured, by_azure, remixed]
deleted = [client.videos.delete(one.id).deleted for one in made]
for name in ("edited", "extended", "cast"):
    if name in newer:
        client.videos.delete(newer[name]["id"])

tell(
    version=openai.__version__,
    model=client.models.retrieve("sora-2").to_dict(),
    plain=plain.to_dict(),
    asked=asked.to_dict(),
    pictured=pictured.to_dict(),
    by_azure=by_azure.to_dict(),
    remixed=remixed.to_dict(),
    listed=[listed, [one.id for one in reversed(made)][:3]],
    deleted=deleted,
    sheet=sheet[:3].hex(),
    newer=newer,
    batched=batched,
    refusals={
        "seconds": refused(lambda: client.videos.create(prompt="x", seconds="5")),
        "size": refused(lambda: client.videos.create(prompt="x", size="1792x1024")),
        "picture": refused(lambda: client.videos.create(prompt="x", input_reference=Path(PICTURE))),
    },
)
