"""What the catalog says of a model: modes, ranges, defaults, media limits, price."""

from __future__ import annotations

import msgspec

from reelgate.request import MediaKind, Mode, Role


class DurationRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole seconds from `min` to `max`; `auto` also takes -1 (the engine chooses).

    `from_source`: the length follows the source clip (an edit), and the declared duration, if any, only counts for
    the bill. `with_video_max` is the upper end when a reference video comes along.
    """

    min: int = 0
    max: int = 0
    default: int = 5
    required: bool = False
    auto: bool = False
    from_source: bool = False
    source_max: int = 15
    with_video_max: int | None = None


class MediaRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many inputs of one role and kind a mode takes, and what each must be. 0 means no such limit.

    Sides in pixels, `ratio` as width / height, sizes in bytes, lengths in seconds. `min_fps` is exclusive where
    `fps_above` is used instead.
    """

    kind: MediaKind
    role: Role
    min: int = 0
    max: int = 1
    formats: tuple[str, ...] = ()
    min_side: int = 0
    max_side: int = 0
    min_short_side: int = 0
    max_long_side: int = 0
    min_ratio: float = 0.0
    max_ratio: float = 0.0
    max_bytes: int = 0
    bytes_below: int = 0
    """Exclusive: "smaller than 30 MB"."""
    min_seconds: float = 0.0
    max_seconds: float = 0.0
    total_seconds: float = 0.0
    min_fps: float = 0.0
    max_fps: float = 0.0
    fps_above: float = 0.0


class ModeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one mode of a model needs and takes.

    `ratio` tells whether the request's aspect ratio counts: `used`, or `ignored` where an input decides the shape.
    `min_media`/`max_media` bound all inputs of the mode together.
    """

    media: tuple[MediaRule, ...] = ()
    prompt: str = "required"
    ratio: str = "used"
    min_media: int = 0
    max_media: int = 0


class Watermark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mark at the bottom right. `says_ai`: its text claims that AI made the picture."""

    default: bool = False
    text: str = ""
    says_ai: bool = False


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second of video costs in micro-units of the deployment's currency, by resolution tier.

    `source` and `date` tell where the figures come from.
    """

    per_second: dict[str, int]
    source: str
    date: str
    default_seconds: int = 0
    """What an edit bills when the request states no duration; 0: the measured output."""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One public model id as one dialect sells it."""

    id: str
    dialect: str
    family: str
    title: str
    owned_by: str
    resolutions: tuple[str, ...]
    default_resolution: str
    ratios: tuple[str, ...]
    default_ratio: str
    duration: DurationRule
    modes: dict[Mode, ModeRule]
    price: Price
    shapes: str
    """The table of pixel sizes."""
    tier_fixed: bool = False
    """The tier is part of the model id (`…-720p`)."""
    prompt_max: int = 5000
    negative_prompt_max: int = 0
    """0: the model takes no negative prompt."""
    audio_default: bool = True
    seed_max: int = 2_147_483_647
    watermark: Watermark = Watermark()
    upstream: dict[str, str] = {}
    """Model ids at vendors, by provider."""
    offpeak: bool = False
