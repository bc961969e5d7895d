"""What each model at Vidu takes on each of the four addresses, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Shot

_TEXT, _IMAGE, _FRAMES, _REFERENCE = "text2video", "img2video", "start-end2video", "reference2video"
_HIGH = ("720p", "1080p")
_ALL = ("540p", *_HIGH)
RATIOS = ("16:9", "9:16", "3:4", "4:3", "1:1")


class Rule(NamedTuple):
    """What a model takes at an address."""

    seconds: tuple[int, int]
    resolutions: Collection[str] = _ALL
    offpeak: bool = True
    subjects: bool = True


_Q3, _Q2 = Rule((1, 16)), Rule((1, 10))
_RULES: tuple[tuple[str, str, Rule], ...] = (
    (r"viduq3-(pro|turbo)", f"{_TEXT}|{_IMAGE}|{_FRAMES}", _Q3),
    (r"viduq3-turbo|viduq3", _REFERENCE, Rule((3, 16))),
    (r"viduq3-pro-fast", _IMAGE, Rule((1, 16), _HIGH)),
    (r"viduq3-mix", _REFERENCE, Rule((3, 16), _HIGH, offpeak=False, subjects=False)),
    (r"viduq3-drama", _REFERENCE, Rule((2, 15))),
    (r"viduq3-ad", _REFERENCE, Rule((3, 15))),
    (r"viduq2", f"{_TEXT}|{_REFERENCE}", _Q2),
    (r"viduq2-pro", _REFERENCE, Rule((0, 10))),
    (r"viduq2-(pro|turbo|pro-fast)", _IMAGE, _Q2),
    (r"viduq2-(pro|turbo|pro-fast)", _FRAMES, Rule((1, 8))),
    (r"viduq1(-classic)?", f"{_IMAGE}|{_FRAMES}", Rule((5, 5), ("1080p",))),
    (r"viduq1", f"{_TEXT}|{_REFERENCE}", Rule((5, 5), ("1080p",))),
    (r"vidu2\.0", f"{_IMAGE}|{_FRAMES}|{_REFERENCE}", Rule((4, 8), ("360p", *_HIGH))),
)

_PICTURES = {_TEXT: (0, 0), _IMAGE: (1, 1), _FRAMES: (2, 2), _REFERENCE: (1, 7)}

_CREDITS = {
    ("viduq3-pro", False): {"540p": (9, 5), "720p": (20, 10), "1080p": (24, 12)},
    ("viduq3-turbo", False): {"540p": (7, 4), "720p": (11, 6), "1080p": (13, 7)},
    ("viduq3-pro-fast", False): {"720p": (20, 10), "1080p": (25, 13)},
    ("viduq3-mix", True): {"720p": (24, 24), "1080p": (29, 29)},
    ("viduq3-turbo", True): {"540p": (4, 2), "720p": (10, 5), "1080p": (13, 7)},
    ("viduq3", True): {"540p": (7, 4), "720p": (12, 6), "1080p": (15, 7)},
}
"""Credits a second, at the usual time and off-peak, by model and whether there are references."""


def check(given: Fields, endpoint: str) -> Shot:
    """Return the film that a create asks for. Raises Wrong."""
    model = given.text("model", required=True)
    found = [rule for names, where, rule in _RULES if re.fullmatch(names, model) and re.fullmatch(where, endpoint)]
    if not found:
        raise Wrong("model", "model is not supported")
    rule = found[0]
    given.text("prompt", most=5000, required=endpoint != _IMAGE)
    given.text("payload", most=1_048_576)
    _pictures(given, endpoint, rule)
    given.one_of("resolution", rule.resolutions)
    for name in ("bgm", "watermark", "is_rec", "auto_subjects"):
        given.flag(name)
    given.whole("seed", 0, 2**32 - 1, default=0)
    given.one_of("movement_amplitude", ("auto", "small", "medium", "large"))
    given.one_of("style", ("general", "anime"))
    audio = given.flag("audio", default="q3" in model)
    if given.flag("off_peak") and (not rule.offpeak or audio is not ("q3" in model)):
        raise Wrong("off_peak", "is not supported for this model with this audio setting")
    low, high = rule.seconds
    seconds = given.whole("duration", low, high, default=max(low, min(5, high)))
    return Shot(_ratio(given, endpoint), seconds or 5, audio)


def price(given: Fields, shot: Shot, endpoint: str) -> int:
    """Return the credits that a film costs; those of the older models are not told."""
    by_tier = _CREDITS.get((given.text("model"), endpoint == _REFERENCE), {})
    usual, offpeak = by_tier.get(given.get("resolution") or "720p", (8, 4))
    return (offpeak if given.flag("off_peak") else usual) * shot.seconds


def _ratio(given: Fields, endpoint: str) -> str:
    if endpoint in (_IMAGE, _FRAMES):
        given.refuse("aspect_ratio")
    usual = "9:16" if given.get("model") == "viduq3-drama" else "16:9"
    return given.one_of("aspect_ratio", RATIOS, default=usual)


def _pictures(given: Fields, endpoint: str, rule: Rule) -> None:
    if endpoint == _TEXT:
        given.refuse("images")
    subjects = given.objects("subjects")
    if subjects:
        _subjects(given, subjects, endpoint, rule)
        return
    low, high = _PICTURES[endpoint]
    videos = given.texts("videos", 0, 2)
    if videos and given.get("model") != "viduq2-pro":
        given.refuse("videos")
    for number, url in enumerate(given.texts("images", low, 4 if videos else high)):
        _picture(url, f"images[{number}]")


def _subjects(given: Fields, subjects: list[Fields], endpoint: str, rule: Rule) -> None:
    if endpoint != _REFERENCE or not rule.subjects:
        given.refuse("subjects")
    if len(subjects) > 7:
        raise Wrong("subjects", "must have 1 to 7 items", "count")
    for subject in subjects:
        subject.text("name", required=True)
        for number, url in enumerate(subject.texts("images", 0, 3)):
            _picture(url, subject.name(f"images[{number}]"))


def _picture(url: str, name: str) -> None:
    address(url, name, (*WEB, "data:image/"))
