"""A model in the catalog: modes, ranges, defaults, media limits, price."""

from __future__ import annotations

from typing import Literal

import msgspec

from reelgate.catalog.prices import Price, PriceRule
from reelgate.catalog.shapes import Shapes
from reelgate.request import MediaKind, Mode, Role, VideoRequest


class DurationRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole seconds from `min` to `max`; `auto` also takes -1 (the engine chooses).

    `from_source`: the length follows the source clip (an edit), of which at most `source_max` seconds are used; the
    declared duration then only counts for the bill, and 0 stands for none. `with_video_max` is the upper end when a
    reference video is given.
    """

    min: int
    max: int
    default: int = 5
    required: bool = False
    auto: bool = False
    from_source: bool = False
    source_max: int = 15
    with_video_max: int | None = None
    lengths: tuple[int, ...] = ()
    """The only lengths, in rising order, where not every one from `min` to `max` is made."""

    def takes(self, seconds: int) -> bool:
        """Whether a video may have that many whole seconds."""
        return seconds in self.lengths if self.lengths else self.min <= seconds <= self.max


class MediaRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many inputs of one role and kind a mode takes, and what each must be. 0 means no such limit.

    Sides in pixels (`min_side` holds for the shorter, `max_side` for the longer one), pixels as width x height,
    ratio as width / height, sizes in MB of 1024 x 1024 bytes, lengths in seconds. `below_mb` and `fps_above` are
    exclusive: "smaller than 30 MB", "more than 8 fps". `total_seconds` bounds all inputs under this rule together.
    """

    kind: MediaKind
    role: Role
    min: int = 0
    max: int = 1
    formats: tuple[str, ...] = ()
    min_side: int = 0
    max_side: int = 0
    min_pixels: int = 0
    max_pixels: int = 0
    min_ratio: float = 0.0
    max_ratio: float = 0.0
    max_mb: int = 0
    below_mb: int = 0
    min_seconds: float = 0.0
    max_seconds: float = 0.0
    total_seconds: float = 0.0
    min_fps: float = 0.0
    max_fps: float = 0.0
    fps_above: float = 0.0


class ModeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one mode of a model needs and takes.

    `prompt` is `required` or `optional`; `ratio` is `used`, or `ignored` where an input decides the shape.
    `min_references` and `max_references` bound the pictures and clips given as references together (sounds do not
    count; 0: no such limit). `upstream` holds vendors' ids that differ from the model's own for this mode; `ratios`
    (the first one the default), `duration` and `price` likewise hold what differs. The shapes of first and last frame
    may differ by the factor `frames_alike` at most (0: no such limit).
    """

    media: tuple[MediaRule, ...] = ()
    prompt: str = "required"
    ratio: str = "used"
    min_references: int = 0
    max_references: int = 0
    upstream: dict[str, str] = {}
    ratios: tuple[str, ...] = ()
    duration: DurationRule | None = None
    price: Price | None = None
    frames_alike: float = 0.0
    counts_clip: bool = False
    """An extension's length and its file include the clip that it extends."""

    def rule_for(self, role: Role, kind: MediaKind) -> MediaRule | None:
        """Return the rule for inputs of that role and kind, None when the mode takes none."""
        return next((rule for rule in self.media if (rule.role, rule.kind) == (role, kind)), None)


class Watermark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mark at the bottom right. `says_ai`: its text claims that AI made the picture."""

    default: bool = False
    text: str = ""
    says_ai: bool = False


class StandIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a name has no maker of its own: its videos are made by the first of `models` that takes the job.

    `picture` says what becomes of a first frame of another shape than the ordered size: it is refused, or taken and
    what is made of it cropped (`fit`). `file` says whether a file in another size than the ordered one is scaled and
    cropped to it once (`fitted`) or left as it came. `own_price`: what the row itself says is charged, and not what
    the model costs that makes the video.
    """

    models: tuple[str, ...] = ()
    picture: Literal["refuse", "fit"] = "refuse"
    file: Literal["fitted", "as_it_came"] = "fitted"
    own_price: bool = False


class Upstream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Vendors' ids, by provider, of videos of some modes, lengths and tiers alone; an empty list means all."""

    ids: dict[str, str]
    modes: tuple[Mode, ...] = ()
    seconds: tuple[int, ...] = ()
    resolutions: tuple[str, ...] = ()

    def fits(self, request: VideoRequest) -> bool:
        """Whether a request is for such a video."""
        stated = ((request.mode, self.modes), (request.duration, self.seconds), (request.resolution, self.resolutions))
        return all(not wanted or value in wanted for value, wanted in stated)


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
    """Empty where an input always decides the shape."""
    default_ratio: str
    duration: DurationRule
    modes: dict[Mode, ModeRule]
    price: Price
    shapes: Shapes
    """The table of pixel sizes, or its name."""
    created: int = 0
    """Unix seconds, for listings; 0 if the seller states none."""
    tier_fixed: bool = False
    """The tier is part of the model id (`…-720p`)."""
    prompt_max: int = 0
    """Characters; 0: the seller states no limit."""
    negative_prompt_max: int = 0
    """0: the model takes no negative prompt."""
    audio_default: bool = True
    seed_max: int = 2_147_483_647
    watermark: Watermark = Watermark()
    upstream: dict[str, str] = {}
    """Model ids at vendors, by provider."""
    upstreams: tuple[Upstream, ...] = ()
    """Ids that differ by length or tier; the first that fits counts before all others."""
    standin: StandIn | None = None
    """Set where other models make the videos of this name."""
    offpeak: bool = False
    options: tuple[str, ...] = ()
    """Settings that the seller takes for some of its models only, by its own names for them."""
    rules: tuple[PriceRule, ...] = ()
    """Price rules. The first that fits counts; if none fits, the table of the mode's price counts."""

    def ratios_in(self, mode: Mode) -> tuple[str, ...]:
        """Return the ratios that a mode takes."""
        return self._rule(mode).ratios or self.ratios

    def ratio_in(self, mode: Mode) -> str:
        """Return the ratio of a request that names none."""
        return next(iter(self._rule(mode).ratios), self.default_ratio)

    def duration_in(self, mode: Mode) -> DurationRule:
        """Return how long a mode's videos may be."""
        return self._rule(mode).duration or self.duration

    def price_in(self, mode: Mode) -> Price:
        """Return what a mode's videos cost."""
        return self._rule(mode).price or self.price

    def price_rule(self, request: VideoRequest, at: int) -> PriceRule | None:
        """Return what prices a request that comes `at` (ms), None if nothing does."""
        for rule in self.rules:
            if rule.fits(request, at):
                return rule
        if request.resolution not in self.resolutions:
            return None
        return self.price_in(request.mode).rule(request, self.id)

    def sold_offpeak(self, mode: Mode) -> bool:
        """Tell whether a task of that mode may wait, at a lower price."""
        ruled = any(rule.offpeak and (not rule.modes or mode in rule.modes) for rule in self.rules)
        return ruled or bool(self.price_in(mode).offpeak)

    def _rule(self, mode: Mode) -> ModeRule:
        return self.modes.get(mode) or _NO_RULE

    def upstream_for(self, provider: str, request: VideoRequest) -> str | None:
        """Return the vendor's id of the model for a request, None if that vendor does not make it."""
        found = (one.ids[provider] for one in self.upstreams if provider in one.ids and one.fits(request))
        return next(found, self.upstream_id(provider, request.mode))

    def upstream_id(self, provider: str, mode: Mode) -> str | None:
        """Return the vendor's id of the model for a mode, None if that vendor does not make it.

        Who sells the model in a dialect of their own makes it under this very id. An empty id of the mode says that
        the vendor makes the model, but not so.
        """
        own = self.id if provider == self.dialect else ""
        return self.modes[mode].upstream.get(provider, self.upstream.get(provider, own)) or None


_NO_RULE = ModeRule()
