"""What each model at Ark takes, by the vendor's pages; resellers of the same API add their own narrower rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Shot

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive")
_FULL = ("480p", "720p", "1080p")
SEED = 2**32 - 1


class Rule(NamedTuple):
    """What a model takes. `references` are the most images, videos and audios; `alone`: audio without the others."""

    version: tuple[int, int]
    resolutions: Collection[str]
    seconds: tuple[int, int]
    chooses: bool = True
    references: tuple[int, int, int] = (0, 0, 0)
    alone: bool = False
    last_frame: bool = True


_OLD = Rule((1, 0), _FULL, (2, 12), chooses=False)
_MIDDLE = Rule((1, 5), _FULL, (4, 12))
_SECOND = Rule((2, 0), (*_FULL, "4k"), (4, 15), references=(9, 3, 3))
_FAST = _SECOND._replace(resolutions=("480p", "720p"))
_NEWEST = Rule((2, 5), _FULL, (4, 30), references=(30, 10, 10), alone=True)

_RULES: tuple[tuple[str, Rule], ...] = (
    (r"(doubao-)?seedance-1-0-pro(-fast)?-\d{6}", _OLD),
    (r"(doubao-)?seedance-1-0-lite-t2v-\d{6}", _OLD),
    (r"(doubao-)?seedance-1-0-lite-i2v-\d{6}", _OLD._replace(references=(4, 0, 0))),
    (r"(doubao-)?seedance-1-5-pro-\d{6}", _MIDDLE),
    (r"(doubao|dreamina)-seedance-2-0-\d{6}", _SECOND),
    (r"(doubao|dreamina)-seedance-2-0-(fast|mini)-\d{6}|dreamina-seedance-2-0-mini", _FAST),
    (r"(doubao|dreamina)-seedance-2-5-\d{6}", _NEWEST),
    (r"ep-[0-9a-z-]+", _SECOND),
)

_PICTURES = (*WEB, "data:image/", "asset://")
_CLIPS = (*WEB, "asset://")
_SOUNDS = (*WEB, "data:audio/", "asset://")
_KINDS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "image_url": (("first_frame", "last_frame", "reference_image"), _PICTURES),
    "video_url": (("reference_video",), _CLIPS),
    "audio_url": (("reference_audio",), _SOUNDS),
}
"""The roles and the addresses of each kind of content."""


def rule_of(model: str) -> Rule | None:
    """Return what a model takes, None for an unknown one."""
    return next((rule for pattern, rule in _RULES if re.fullmatch(pattern, model)), None)


def check(given: Fields, rule: Rule) -> tuple[str, Shot]:
    """Return the prompt and the film that a create asks for. Raises Wrong."""
    items = given.objects("content")
    if not items:
        raise Wrong("content", "is required", "missing")
    prompt = " ".join(item.text("text", required=True) for item in items if item.get("type") == "text")
    roles = Counter(_role(item, items) for item in items if item.get("type") != "text")
    _together(roles, rule, has_text=bool(prompt))
    return prompt, _settings(given, rule, roles)


def _role(item: Fields, items: list[Fields]) -> str:
    kind = item.one_of("type", _KINDS)
    if not kind:
        raise Wrong(item.name("type"), "is required", "missing")
    roles, schemes = _KINDS[kind]
    address(item.inner(kind).text("url", required=True), item.name(f"{kind}.url"), schemes)
    role = item.one_of("role", roles)
    if role:
        return role
    if kind != "image_url" or sum(1 for one in items if one.get("type") != "text") > 1:
        raise Wrong(item.name("role"), f"role must be specified for {kind.removesuffix('_url')} contents.")
    return "first_frame"


def _together(roles: Counter[str], rule: Rule, *, has_text: bool) -> None:
    """Raise Wrong for a mixture that fits none of the three modes."""
    frames = roles["first_frame"] + roles["last_frame"]
    found = (roles["reference_image"], roles["reference_video"], roles["reference_audio"])
    if frames and any(found):
        raise Wrong("content", "first/last frame content cannot be mixed with reference media content.")
    for role in ("first_frame", "last_frame"):
        if roles[role] > 1:
            what = role.replace("_", " ")
            raise Wrong("content", f"expected at most one {what} image content but got {roles[role]} instead.")
    if roles["last_frame"] and not roles["first_frame"]:
        raise Wrong("content", "last frame image content requires a first frame.")
    for count, most, kind in zip(found, rule.references, ("image", "video", "audio"), strict=True):
        if count > most:
            raise Wrong("content", f"expected at most {most} reference {kind} contents but got {count} instead.")
    if found[2] and not (found[0] or found[1] or rule.alone):
        raise Wrong("content", "reference audio cannot be the only reference media content.")
    if not roles and not has_text:
        raise Wrong("content", "a text or a media content is required", "missing")


def _settings(given: Fields, rule: Rule, roles: Counter[str]) -> Shot:
    _only_for(given, rule)
    given.one_of("resolution", rule.resolutions)
    ratio = given.one_of("ratio", RATIOS, default="16:9" if rule.version == (1, 0) else "adaptive")
    if rule.version == (1, 0) and not roles and ratio == "adaptive":
        raise Wrong("ratio", "adaptive is not supported for text to video")
    if rule.version >= (2, 5) and roles["first_frame"] and not roles["last_frame"] and ratio != "adaptive":
        raise Wrong("ratio", "only adaptive is supported for a first frame")
    for name in ("watermark", "return_last_frame", "camera_fixed", "draft"):
        given.flag(name)
    given.whole("seed", -1, SEED, default=-1)
    given.whole("execution_expires_after", 3600, 259_200, default=172_800)
    given.text("safety_identifier", most=64)
    given.text("callback_url")
    low, high = rule.seconds
    frames = given.whole("frames", 29, 289, default=0) if rule.version == (1, 0) else 0
    seconds = given.whole("duration", low, high, also=(-1,) if rule.chooses else (), default=5)
    audio = given.flag("generate_audio", default=rule.version >= (1, 5))
    seconds = frames // 24 if frames else seconds
    return Shot("16:9" if ratio == "adaptive" else ratio, 5 if seconds < 0 else seconds, audio)


def _only_for(given: Fields, rule: Rule) -> None:
    """Raise Wrong for a setting that the pages do not have for the model's version."""
    second = rule.version >= (2, 0)
    if second:
        given.refuse("camera_fixed", "frames")
        given.one_of("service_tier", ("default",))
    else:
        given.refuse("priority", "tools")
        given.one_of("service_tier", ("default", "flex"))
    if rule.version < (1, 5):
        given.refuse("generate_audio", "draft")
    if rule.version < (2, 5):
        given.refuse("output_format", "omni_reference_task_type")
    given.one_of("omni_reference_task_type", ("auto", "reference", "edit", "extend"))
    given.one_of("output_format", ("mp4", "mov"))
    given.whole("priority", 0, 9, default=0)
    for tool in given.objects("tools"):
        tool.one_of("type", ("web_search",))


def defaults(given: Fields, rule: Rule) -> dict[str, Any]:
    """Return the settings that a task shows: what was sent, else what the vendor takes."""
    has_tier = given.get("resolution")
    return {
        "resolution": has_tier or ("1080p" if rule is _OLD else "720p"),
        "ratio": given.get("ratio") or ("16:9" if rule.version == (1, 0) else "adaptive"),
        "seed": given.get("seed"),
        "service_tier": given.get("service_tier") or "default",
        "execution_expires_after": given.get("execution_expires_after") or 172_800,
        "draft": given.get("draft") or False,
        **({"generate_audio": given.flag("generate_audio", default=True)} if rule.version >= (1, 5) else {}),
        **({"safety_identifier": given.get("safety_identifier")} if given.get("safety_identifier") else {}),
    }
