"""What the engine is asked to draw, and what it says when it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from reelgate.request import Codec, Facts, MediaKind, Mode, Role

FPS = 24


class RenderInput(msgspec.Struct, frozen=True):
    """An input file, probed before it came here."""

    kind: MediaKind
    role: Role
    path: Path
    facts: Facts
    name: str = ""
    """What the prompt calls it (`@name`)."""


class RenderJob(msgspec.Struct, frozen=True):
    """One clip to render: `frames` pictures of `width` x `height` (both even) at `FPS`.

    The same job gives the same frames and, on one set of pinned packages, the same bytes. An edit's length and
    rate follow its source: `frames` is then the most there may be. `watermark` is the text at the bottom right,
    `label` a smaller one at the top left, empty for none. `model` is stored in the file's metadata.
    """

    mode: Mode
    prompt: str
    width: int
    height: int
    frames: int
    seed: int
    negative_prompt: str = ""
    inputs: tuple[RenderInput, ...] = ()
    audio: bool = True
    keep_audio: bool = False
    music: bool = False
    watermark: str = ""
    label: str = ""
    camera_fixed: bool = False
    last_frame: bool = False
    """Also write the last frame as a PNG beside the clip."""
    model: str = ""
    codec: Codec = Codec.H264


class Rendered(msgspec.Struct, frozen=True):
    """A finished clip and small WebP pictures of it.

    `notes` says what was understood of the prompt and what could not be honoured.
    """

    path: Path
    frames: int
    thumbnail: Path
    contact_sheet: Path
    last_frame: Path | None = None
    notes: dict[str, Any] = {}
