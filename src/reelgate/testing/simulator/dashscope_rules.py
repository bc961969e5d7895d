"""What each model at DashScope takes, by the vendor's pages; resellers of the same API add their own narrower rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Shot

SEED = 2_147_483_647
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
_MORE_RATIOS = (*RATIOS, "4:5", "5:4", "9:21", "21:9")
_HIGH = ("720P", "1080P")
_HORSE = ("480P", *_HIGH)
_VIDU = ("540P", *_HIGH)

Kinds = Counter[str]
"""How many media of each type there are."""

_WAN_FRAMES = (
    {"first_frame"},
    {"first_frame", "driving_audio"},
    {"first_frame", "last_frame"},
    {"first_frame", "last_frame", "driving_audio"},
    {"first_clip"},
    {"first_clip", "last_frame"},
)


class Rule(NamedTuple):
    """What a model takes. `media` tells whether the media are a set that it knows; `seconds` is None if the
    source decides; `extras` are parameters that not every family has."""

    media: Callable[[Kinds], bool]
    resolutions: Collection[str] = _HIGH
    ratios: Collection[str] = ()
    seconds: tuple[int, int] | None = (2, 15)
    extras: Collection[str] = ()
    negative: bool = False
    prompt: bool = True
    by_link_only: bool = False


def _none(kinds: Kinds) -> bool:
    return not kinds


def _exactly(**wanted: int) -> Callable[[Kinds], bool]:
    return lambda kinds: kinds == Counter(wanted)


def _wan_frames(kinds: Kinds) -> bool:
    return set(kinds) in _WAN_FRAMES and set(kinds.values()) == {1}


def _references(
    images: tuple[int, int], *, videos: int = 0, total: int = 99, frames: int = 0
) -> Callable[[Kinds], bool]:
    def fits(kinds: Kinds) -> bool:
        found = (kinds["reference_image"], kinds["reference_video"], kinds["first_frame"])
        some = 1 <= found[0] + found[1] <= total
        known = sum(found) == kinds.total()
        return known and some and images[0] <= found[0] <= images[1] and found[1] <= videos and found[2] <= frames

    return fits


def edit(most: int, *, least: int = 0) -> Callable[[Kinds], bool]:
    """Return whether the media are a video and so many pictures."""

    def fits(kinds: Kinds) -> bool:
        images = kinds["reference_image"]
        return kinds["video"] == 1 and least <= images <= most and kinds.total() == 1 + images

    return fits


def _pictures(low: int, high: int, videos: int = 0) -> Callable[[Kinds], bool]:
    def fits(kinds: Kinds) -> bool:
        found = (kinds["image"], kinds["video"])
        return low <= found[0] <= high and found[1] <= videos and sum(found) == kinds.total()

    return fits


_Q2, _Q3 = (1, 10), (1, 16)

_RULES: tuple[tuple[str, Rule], ...] = (
    (r"wan2\.7-t2v(-2026-0[46]-\d\d)?", Rule(_none, ratios=RATIOS, extras=("prompt_extend",), negative=True)),
    (
        r"wan2\.7-i2v(-2026-04-25)?",
        Rule(_wan_frames, extras=("prompt_extend",), negative=True, prompt=False),
    ),
    (
        r"wan2\.7-r2v(-2026-06-12)?",
        Rule(
            _references((0, 5), videos=5, total=5, frames=1),
            ratios=RATIOS,
            extras=("prompt_extend",),
            negative=True,
        ),
    ),
    (
        r"wan2\.7-videoedit",
        Rule(
            edit(4),
            ratios=RATIOS,
            seconds=(2, 10),
            extras=("prompt_extend", "audio_setting"),
            negative=True,
            prompt=False,
        ),
    ),
    (r"happyhorse-1\.[01]-t2v", Rule(_none, _HORSE, _MORE_RATIOS, (3, 15))),
    (r"happyhorse-1\.[01]-i2v", Rule(_exactly(first_frame=1), _HORSE, seconds=(3, 15), prompt=False)),
    (r"happyhorse-1\.[01]-r2v", Rule(_references((1, 9)), _HORSE, _MORE_RATIOS, (3, 15))),
    (r"happyhorse-1\.0-video-edit", Rule(edit(5), _HORSE, seconds=None, extras=("audio_setting",))),
    (
        r"vidu/viduq3-(turbo|pro)_text2video",
        Rule(_none, _VIDU, seconds=_Q3, extras=("audio", "size"), by_link_only=True),
    ),
    (r"vidu/viduq2_text2video", Rule(_none, _VIDU, seconds=_Q2, extras=("audio", "size"), by_link_only=True)),
    (
        r"vidu/viduq3-(pro|turbo|pro-fast)_img2video",
        Rule(_pictures(1, 1), _VIDU, seconds=_Q3, extras=("audio",), prompt=False, by_link_only=True),
    ),
    (
        r"vidu/viduq2-(pro-fast|pro|turbo)_img2video",
        Rule(_pictures(1, 1), _VIDU, seconds=_Q2, extras=("audio",), prompt=False, by_link_only=True),
    ),
    (
        r"vidu/viduq3-(pro|turbo)_start-end2video",
        Rule(_pictures(2, 2), _VIDU, seconds=_Q3, extras=("audio",), by_link_only=True),
    ),
    (
        r"vidu/viduq2-(pro-fast|pro|turbo)_start-end2video",
        Rule(_pictures(2, 2), _VIDU, seconds=_Q2, extras=("audio",), by_link_only=True),
    ),
    (
        r"vidu/viduq3(-mix|-turbo|-ad|-drama)?_reference2video",
        Rule(_pictures(1, 7), _VIDU, seconds=_Q3, extras=("audio", "size"), by_link_only=True),
    ),
    (
        r"vidu/viduq2-pro_reference2video",
        Rule(_pictures(1, 4, videos=2), _VIDU, seconds=_Q2, extras=("audio", "size"), by_link_only=True),
    ),
    (
        r"vidu/viduq2_reference2video",
        Rule(_pictures(1, 7), _VIDU, seconds=_Q2, extras=("audio", "size"), by_link_only=True),
    ),
)

_ALL_EXTRAS = ("prompt_extend", "audio_setting", "audio", "size")


def rule_of(model: str) -> Rule | None:
    """Return what a model takes, None for an unknown one."""
    return next((rule for pattern, rule in _RULES if re.fullmatch(pattern, model)), None)


def check(given: Fields, rule: Rule, *, resolves: bool) -> Shot:
    """Return the film that a create asks for. Raises Wrong. `resolves`: `oss://` addresses are looked up.

    A missing prompt is not refused here: the vendor finds that out when it begins.
    """
    source = given.inner("input")
    source.text("prompt")
    source.text("negative_prompt", most=500)
    if not rule.negative:
        source.refuse("negative_prompt")
    kinds = Counter(_medium(item, rule, resolves=resolves) for item in source.objects("media"))
    if not rule.media(kinds):
        raise Wrong("input.media", f"url error, {dict(kinds)} is not a set that the model knows")
    return _parameters(given.inner("parameters"), rule, kinds)


def _medium(item: Fields, rule: Rule, *, resolves: bool) -> str:
    kind = item.text("type", required=True)
    schemes = (*WEB, *(("oss://",) if resolves else ()))
    pictures = kind in ("first_frame", "last_frame", "reference_image", "image") and not rule.by_link_only
    address(item.text("url", required=True), item.name("url"), (*schemes, "data:image/") if pictures else schemes)
    if voice := item.text("reference_voice"):
        address(voice, item.name("reference_voice"), schemes)
    return kind


def _parameters(given: Fields, rule: Rule, kinds: Mapping[str, int]) -> Shot:
    given.refuse(*(name for name in _ALL_EXTRAS if name not in rule.extras))
    given.one_of("resolution", rule.resolutions)
    given.one_of("audio_setting", ("auto", "origin"))
    for name in ("watermark", "prompt_extend", "audio"):
        given.flag(name)
    given.whole("seed", 0, SEED, default=0)
    ratio = _ratio(given, rule)
    if rule.seconds is None:
        given.refuse("duration")
        return Shot(ratio, 5, audio=True)
    low, high = rule.seconds
    if kinds.get("reference_video"):
        high = min(high, 10)
    seconds = given.whole("duration", low, high, also=(0,) if kinds.get("video") else (), default=5)
    return Shot(ratio, seconds or 5, audio=given.flag("audio", default=True))


def _ratio(given: Fields, rule: Rule) -> str:
    if not rule.ratios:
        given.refuse("ratio")
    size = given.text("size")
    if not size:
        return given.one_of("ratio", rule.ratios, default="16:9")
    found = re.fullmatch(r"(\d{2,5})\*(\d{2,5})", size)
    if found is None:
        raise Wrong(given.name("size"), "must be W*H")
    return f"{found[1]}:{found[2]}"
