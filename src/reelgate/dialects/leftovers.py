"""Fields of a call that its dialect does not read: harmless settings, or fields that would change the video.

Nobody pays for another video than the one asked for. So an input, a prompt, a length, a shape or a number of videos
that nothing has read is refused, with the name under which it is read; all else is tolerated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reelgate.catalog import Model
from reelgate.catalog.rules import combinations, ratio_counts
from reelgate.catalog.shapes import size
from reelgate.dialects import vocabulary
from reelgate.dialects.fields import decoded
from reelgate.dialects.sizes import tier_and_ratio
from reelgate.errors import InvalidField, shown
from reelgate.limits import MAX_UNREAD_VALUES
from reelgate.request import FPS, Role, VideoRequest

Names = Mapping[str, str]

_ADDRESS = re.compile(r"(?:https?|ftp|s3|gs|oss|asset|file|blob):/{0,2}\S+$|data:\S", re.IGNORECASE)
_INLINE = re.compile(r"data:|asset:|oss:", re.IGNORECASE)
_BASE64 = re.compile(
    r"(?:/9j/|iVBORw0KGgo|R0lGOD|UklGR|Qk[0-3]|SUkqA|TU0AK|SUQz|AAAA[A-Za-z0-9+/]{4}Z0eX)[A-Za-z0-9+/=\s_-]{24}"
    r"|[A-Za-z0-9+/]{600}"
)
"""The beginnings of pictures, clips and sounds as Base64 writes them; or so much of it that it cannot be a name."""

_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST_PATH = 200
_SHOWN_PATH = 100
_NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(?:s|secs?|seconds?|秒)?", re.IGNORECASE)
_TIER = re.compile("[0-9]{3,4}p|[248]k")
_RATIO = re.compile("([0-9]{1,2})[:/x_-]([0-9]{1,2})")
_STANDING = ("landscape", "portrait", "square")
_PIXELS = re.compile(" ?[x*×, ] ?")

_NOTHING = frozenset({"auto", "default", "adaptive", "none", "null", "original", "source", "keep", "any", "undefined"})
"""Values that ask for nothing in particular."""

_TIERS = {"sd": "480p", "hd": "720p", "fhd": "1080p", "uhd": "4k"}


def refuse(unread: Mapping[str, Any], model: Model, request: VideoRequest, names: Names) -> None:
    """Raise InvalidField for a field that would make another video than `request`, had it been read.

    `unread` holds each by its path; `names` gives the names under which the dialect reads attributes and inputs.
    """
    for holder in _holders(unread):
        _Reader(model, request, names, holder).judge()


def _holders(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the fields, and those of each object inside them, by their paths; JSON in a text counts as what it says."""
    waiting, seen = [fields] if fields else [], 0
    while waiting:
        holder = {path: _opened(value) for path, value in waiting.pop().items()}
        seen += len(holder)
        if seen > MAX_UNREAD_VALUES:
            path, allowed = next(iter(holder)), f"at most {MAX_UNREAD_VALUES} values"
            raise InvalidField(path, f"{path}: too many values in unknown fields; allowed: {allowed}", allowed=allowed)
        yield holder
        for path, value in holder.items():
            if isinstance(value, dict):
                waiting.append({f"{path}.{key}": inner for key, inner in value.items()})
            elif isinstance(value, list):
                waiting.append({f"{path}[{at}]": inner for at, inner in enumerate(value)})


def _opened(value: Any) -> Any:
    return decoded(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value


class _Reader:
    """Judges the fields of one object."""

    def __init__(self, model: Model, request: VideoRequest, names: Names, holder: Mapping[str, Any]) -> None:
        self._model = model
        self._request = request
        self._names = names
        given = {path: value for path, value in holder.items() if value not in (None, "", [], {})}
        self._fields = {_short(path): (_words(path), value) for path, value in given.items()}

    def judge(self) -> None:
        """Raise InvalidField for the first field that would have changed the video."""
        for path, (words, value) in self._fields.items():
            if _is_input(words, value):
                raise self._unread_input(path, words, value)
            if words == {"prompt"} and isinstance(value, str) and not self._request.prompt.strip():
                raise self._unread(path, value, "a prompt", "prompt", "would be made without it")
            if _says(words, vocabulary.LENGTH):
                self._length(path, words, value)
            elif _says(words, vocabulary.FRAMES) or words == {"frame", "count"}:
                self._frames(path, value)
            elif _says(words, vocabulary.COUNT):
                self._count(path, value)
            elif _says(words, vocabulary.SHAPE | vocabulary.TASTE):
                self._shape(path, words, value)

    def _length(self, path: str, words: frozenset[str], value: Any) -> None:
        seconds = _number(value)
        if seconds is None and (isinstance(value, bool | dict) or str(value).lower() in _NOTHING):
            return
        if seconds is not None and words & {"milliseconds", "ms"}:
            seconds /= 1000
        if seconds != self._request.duration:
            raise self._unread(path, value, "a length", "duration", f"would have {self._seconds()}")

    def _frames(self, path: str, value: Any) -> None:
        frames = _number(value)
        if frames is None or frames == self._request.frames:
            return
        rates = (_number(rate) for words, rate in self._fields.values() if words & {"fps", "framerate", "rate"})
        rate = next((rate for rate in rates if rate), float(FPS))
        if self._request.duration not in (round(frames / rate, 3), round((frames - 1) / rate, 3)):
            raise self._unread(path, value, "a length", "duration", f"would have {self._seconds()}")

    def _count(self, path: str, value: Any) -> None:
        number = _number(value)
        if number is not None and number != 1:
            text = f"{path} is {shown(value)}; allowed: 1. One call makes one video: call as often as you want videos"
            raise InvalidField(path, text, value=value, allowed="1")

    def _shape(self, path: str, words: frozenset[str], value: Any) -> None:
        if not self._is_a_shape():
            return
        if words & {"width", "height"}:
            value = self._pixels() or value
        if self._is_made(words, value):
            return
        made = f"would be made at {self._request.resolution}"
        made += f", {self._request.ratio}" if self._is_shaped() else ""
        field = "ratio" if words & {"ratio", "aspect", "aspectratio", "orientation"} else "resolution"
        raise self._unread(path, value, "a shape", field, made)

    def _pixels(self) -> str:
        """Return `WxH` where this object holds both sides, else ""."""
        sides = {side: _number(value) for words, value in self._fields.values() for side in words & {"width", "height"}}
        wide, high = sides.get("width"), sides.get("height")
        return f"{wide:.0f}x{high:.0f}" if wide and high else ""

    def _is_a_shape(self) -> bool:
        """Whether what was read is a shape that the model makes: any other is refused by its own name."""
        request, model = self._request, self._model
        ratios = model.ratios_in(request.mode) if request.mode in model.modes else ()
        return request.resolution in model.resolutions and (not ratios or request.ratio in ratios)

    def _is_made(self, words: frozenset[str], value: Any) -> bool:
        """Whether the video has that shape already, or the value says no shape."""
        if isinstance(value, list):
            value = "x".join(str(side) for side in value)
        text = _PIXELS.sub("x", str(value).strip().lower())
        if isinstance(value, dict | bool) or text in _NOTHING:  # an object's own fields are judged by themselves
            return True
        side, number = next(iter(words & {"width", "height"}), ""), _number(value)
        return self._is_side(side, number) if side and number is not None else self._is_shape(words, text)

    def _is_shape(self, words: frozenset[str], text: str) -> bool:
        tier = _TIERS.get(text) or (f"{text}p" if re.fullmatch("[0-9]{3,4}", text) else text)
        if _TIER.fullmatch(tier):
            return tier == self._request.resolution
        if _RATIO.fullmatch(text) or any(word in text for word in _STANDING):
            return self._is_ratio(text)
        if "x" in text and (meant := tier_and_ratio(self._model, self._request.mode, text)):
            return meant[0] == self._request.resolution and self._is_ratio(meant[1])
        return not words & vocabulary.SHAPE

    def _is_side(self, side: str, number: float) -> bool:
        if ":" not in self._request.ratio or not self._is_shaped():
            return True  # the other side is open, and the input's shape decides
        wide, high = size(self._model.shapes, self._request.resolution, self._request.ratio)
        return number > 0 and abs(math.log(number / (wide if side == "width" else high))) <= math.log(1.1)

    def _is_ratio(self, text: str) -> bool:
        if not text or not self._is_shaped():
            return True
        across, down = (int(part) for part in (self._request.ratio if ":" in self._request.ratio else "0:0").split(":"))
        if any(word in text for word in _STANDING):  # which turns a ratio beside it: portrait_16_9
            return ("landscape" in text, "portrait" in text) == (across > down, across < down)
        stated = _RATIO.search(text)
        return stated is None or (int(stated[1]) * down == int(stated[2]) * across and across > 0)

    def _is_shaped(self) -> bool:
        """Whether the request's ratio, and not an input, decides the shape."""
        return self._request.mode in self._model.modes and ratio_counts(self._model, self._request)

    def _seconds(self) -> str:
        return f"{self._request.duration} s" if self._request.duration > 0 else "another length"

    def _unread(self, path: str, value: Any, what: str, attribute: str, made: str) -> InvalidField:
        name = self._names.get(attribute, attribute)
        text = f"{path} is {shown(value)}, {what} that is not read under this name, and the video {made}; "
        return InvalidField(path, f"{text}send {name}, or leave {path} out", value=value, allowed=name)

    def _unread_input(self, path: str, words: frozenset[str], value: Any) -> InvalidField:
        text = f"{path} holds an input that is not read under this name, and the video would be made without it; "
        taken = combinations(self._model)
        if not any(mode.media for mode in self._model.modes.values()):
            return InvalidField(path, f"{text}{self._model.id} takes a prompt only", value=value, allowed=taken)
        name = self._name_of(words)
        return InvalidField(
            path, f"{text}send it as {name} ({self._model.id} takes: {taken})", value=value, allowed=name
        )

    def _name_of(self, words: frozenset[str]) -> str:
        """Return under which name the dialect reads such an input."""
        wanted: tuple[Role, ...]
        if words & vocabulary.CLIP:
            wanted = (Role.SOURCE, Role.FIRST_CLIP, Role.REFERENCE)
        elif words & vocabulary.SOUND:
            wanted = (Role.VOICE,)
        elif words & vocabulary.SEVERAL:
            wanted = (Role.REFERENCE, Role.FIRST_FRAME)
        else:
            wanted = (
                Role.LAST_FRAME if words & vocabulary.LAST else Role.FIRST_FRAME,
                Role.FIRST_FRAME,
                Role.REFERENCE,
            )
        taken = {rule.role for mode in self._model.modes.values() for rule in mode.media}
        known = [self._names[role] for role in (*wanted, *sorted(taken)) if role in taken and role in self._names]
        return next(iter(known), self._names.get("media", "one of the inputs that the model takes"))


def _words(path: str) -> frozenset[str]:
    """Return the words of a field's own name, in lower case: `firstFrameUrl` and `first_frame_url` alike."""
    key = path[-_LONGEST_PATH:].rpartition(".")[2].partition("[")[0]
    return frozenset(word.lower() for word in _WORD.findall(key))


def _short(path: str) -> str:
    return path if len(path) <= _SHOWN_PATH else f"{path[: _SHOWN_PATH // 2]}…{path[-_SHOWN_PATH // 2 :]}"


def _says(words: frozenset[str], core: frozenset[str]) -> bool:
    return bool(words & core) and words <= core | vocabulary.ABOUT


def _is_input(words: frozenset[str], value: Any) -> bool:
    if isinstance(value, str):
        text = value.strip()
        if _ADDRESS.match(text):
            return bool(_INLINE.match(text)) or not words & vocabulary.ELSEWHERE
        if _BASE64.match(text):
            return True
        if _number(text) is not None or text.lower() in ("true", "false") or text.lower() in _NOTHING:
            return False
        nouns = vocabulary.PICTURE | vocabulary.CLIP | vocabulary.SOUND
    elif isinstance(value, dict | list):
        nouns = vocabulary.INPUT
    else:
        return False
    named = bool(words & nouns) or words == {"file", "id"}
    return named and words <= vocabulary.INPUT | vocabulary.AROUND_INPUT


def _number(value: Any) -> float | None:
    """Return what a number, or a text such as "5", "5.0" or "5s", says."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:  # a number of hundreds of digits
            return math.inf
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found[1]) if found else None
