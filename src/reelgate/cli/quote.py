"""`reelgate quote`: what a video would cost."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from reelgate.cli.generate import (
    DEFAULT_MODEL,
    Clip,
    FirstFrame,
    LastFrame,
    ModelName,
    Prompt,
    Ratio,
    References,
    Resolution,
    Seconds,
    create_fields,
)
from reelgate.cli.options import DEFAULT_URL, AsJson, Data, KeyOption, Url, key_of
from reelgate.cli.order_fields import More, with_order_fields
from reelgate.cli.problems import one_line
from reelgate.client import Reelgate


@with_order_fields
def quote(
    prompt: Prompt,
    model: ModelName = DEFAULT_MODEL,
    image: FirstFrame = "",
    last_image: LastFrame = "",
    reference: References = None,
    video: Clip = "",
    duration: Seconds = None,
    resolution: Resolution = "",
    ratio: Ratio = "",
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
    as_json: AsJson = False,
    *,
    more: More,
) -> None:
    """Tell what a video would cost, and why. Nothing is ordered."""
    with one_line():
        fields = create_fields(
            model=model, prompt=prompt, image=image, last_image=last_image, references=reference or [], video=video,
            duration=duration, resolution=resolution, ratio=ratio,
        ) | more()  # fmt: skip
        with Reelgate(url, key=key_of(key, data), retry_seconds=0) as reelgate:
            found = reelgate.quote(**fields)
    price = found["price"]
    told = f"{price['amount_micros'] / 1_000_000:g} {price['currency']}  ({found['sum']})"
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else told)
