"""Genblaze's provider of Sora's videos, as its pipelines run it."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from tests.clients.scripts.common import KEY, PICTURE, URL, refused, tell

os.environ |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{URL}/v1"}

from genblaze_core.models.enums import Modality
from genblaze_core.models.step import Step
from genblaze_openai import SoraProvider

provider = SoraProvider(poll_interval=0.2, output_dir=Path(PICTURE).parent / "genblaze")
order = {"resolution": "720p", "aspect_ratio": "9:16", "duration": 8}
step = Step(provider="openai-sora", model="sora-2", modality=Modality.VIDEO, prompt="a cat", params=order)
done = provider.invoke(step)
wide = Step(provider="openai-sora", model="sora-2", modality=Modality.VIDEO, prompt="a", params={"size": "1792x1024"})

tell(
    version=version("genblaze-openai"),
    models=sorted(provider.discover_models().slugs),
    status=str(done.status),
    payload=done.provider_payload,
    film=Path(done.assets[0].url.removeprefix("file://")).stat().st_size,
    wrong=refused(lambda: provider.submit(wide)),
)
