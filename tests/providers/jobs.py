"""Jobs as the conductor hands them to a provider, with inputs that vendors can fetch or that lie here only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reelgate.catalog import Model, load
from reelgate.providers.port import Job, Staged
from reelgate.request import Facts, Media, MediaKind, Mode, Role, VideoRequest

CATALOG = load()

_FORMATS = {MediaKind.IMAGE: "png", MediaKind.VIDEO: "mp4", MediaKind.AUDIO: "wav"}


def model(name: str, **changes: Any) -> Model:
    found = CATALOG.find(name)
    assert found is not None
    return replace(found, **changes)


def job(of: Model | str, *inputs: Staged, **fields: Any) -> Job:
    made = model(of) if isinstance(of, str) else of
    given = {"mode": Mode.TEXT, "prompt": "一只猫 on the moon", "resolution": "720p", "ratio": "16:9", "duration": 5}
    media = tuple(Media(i.kind, i.role, "media", i.url, facts=i.facts) for i in inputs)
    request = VideoRequest(model=made.id, media=media, **{**given, "seed": 7, **fields})
    return Job("0197", request, made, inputs)


def at(kind: MediaKind, role: Role, name: str = "a") -> Staged:
    """An input with a public address, `https://gw.example/{name}`."""
    return Staged(kind, role, Path("nowhere"), Facts(kind, _FORMATS[kind], 1), f"https://gw.example/{name}")


def here(path: Path, kind: MediaKind, role: Role) -> Staged:
    """An input without an address, whose file is written to `path`."""
    path.write_bytes(b"not really media")
    return Staged(kind, role, path, Facts(kind, _FORMATS[kind], path.stat().st_size))
