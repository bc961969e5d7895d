"""The parts of a prompt that describe no picture: speech and writing, time codes, and the headings of shots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

_MOST = 0.7
"""The share of a prompt from which on its quotation is the prompt itself."""

_QUOTED = re.compile(
    r"“[^”]{0,999}”|\"[^\"]{0,999}\"|「[^」]{0,999}」|『[^』]{0,999}』|‘[^’]{0,999}’(?!\w)"
    r"|(?<!\w)'[^'\n]{0,999}'(?!\w)"
)
_SPOKEN = re.compile(
    r"(?:说道?|喊道?|问道?|答道|旁白|台词|画外音|字幕|\b(?:says?|said|asks|whispers|shouts|voice-?over|narrator|subtitles?))"
    r"\s*:\s*(?![\"“「『'‘])[^.。!?\n]*"
)
_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_CHINESE = r"[一二三四五六七八九十]{1,3}"
_CLOCK = r"(?:(\d{1,2}):(\d\d(?:\.\d+)?)|(\d{1,3}(?:\.\d+)?) ?(?:s|sec|seconds?|秒)?)"
_MINUTES = r"(\d{1,2}):(\d\d(?:\.\d+)?)()"
_TO = " ?(?:-|–|—|~|to|至|到) ?"
_RANGE = f"{_CLOCK}{_TO}{_CLOCK} ?"
_TIMED = re.compile(
    rf"[\[(【<第] ?(?:from )?{_RANGE}[\])】>]? ?[:,]?"
    rf"|(?<![\w.:])(?:{_MINUTES}{_TO}{_MINUTES}(?!\d) ?[:,]?|{_RANGE}[:,](?!\d))",
    re.ASCII,
)
_HEADED = re.compile(
    rf"[\[(【*#]{{0,3}}(?:\b(?:shot|scene|clip|part|act|panel) ?(?:no\.?|#)? ?{_NUMBER}\b"
    rf"|(?:镜头|分镜头?|场景|画面|片段|镜号) ?(?:\d{{1,2}}(?!\d)|{_CHINESE}(?=[\s:,.、()\]】*-]|$))"
    rf"|第 ?(?:\d{{1,2}}|{_CHINESE}) ?(?:个|组|段)? ?(?:镜头?|幕|场景|段|部分|画面|分镜))[\])】*]{{0,3}} ?[:,.、-]?"
)
_LASTS = re.compile(
    r" ?(?:[\[(【] ?)?(\d{1,3}(?:\.\d+)?) ?(?:s|secs?|seconds?|秒钟?)(?![a-z])(?: ?[\])】][ :,]*| ?[:,])", re.ASCII
)
"""How long a shot lasts, behind its heading: "Shot 1 (3s):", 镜头1(3秒)."""

_LISTED = re.compile(r"(?:^|(?<=[\s。.;,!?]))[(]?(\d{1,2})[.)、](?!\d)")
_BARE = re.compile(r"[\s\W]*")


class ShotMark(msgspec.Struct, frozen=True):
    """Where a numbered or timed shot begins; `seconds` is how long it was said to be, 0 where nothing was said."""

    at: int
    seconds: float = 0.0
    opening: bool = False
    """It is the first shot's: what stands before it is of all of them."""


def described(text: str) -> str:
    """Return a normalised text of the same length, with everything blanked that does not describe the picture."""
    spoken = [match.span() for match in _SPOKEN.finditer(text)]
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    if sum(b - a for a, b in quoted) <= _MOST * len(text):
        spoken += quoted
    return _blanked(text, [*spoken, *((a, b) for a, b, _ in _headings(text))])


def marks_of(text: str) -> list[ShotMark]:
    """Return the marks of a normalised text in reading order."""
    marks: list[ShotMark] = []
    ended = -1
    for a, b, seconds in _headings(text):
        if marks and _BARE.fullmatch(text, ended, a):  # "Shot 1 (0-2s):" is one heading
            marks[-1] = msgspec.structs.replace(marks[-1], seconds=seconds or marks[-1].seconds)
        else:
            marks.append(ShotMark(a, seconds, opening=not marks))
        ended = max(b, ended)
    return marks if len(marks) > 1 else []


def _headings(text: str) -> list[tuple[int, int, float]]:
    """Return where each heading begins and ends, and the seconds that it gives."""
    timed = [(m.start(), m.end(), _seconds(m)) for m in _TIMED.finditer(text) if _tells_time(m)]
    headed = [_lasting(match, text) for match in _HEADED.finditer(text)]
    return sorted([*timed, *headed, *((a, b, 0.0) for a, b in _list(text))])


def _lasting(heading: re.Match[str], text: str) -> tuple[int, int, float]:
    lasts = _LASTS.match(text, heading.end())
    return (heading.start(), lasts.end(), float(lasts[1])) if lasts else (*heading.span(), 0.0)


def _list(text: str) -> Iterator[tuple[int, int]]:
    """Return the numbers of a list: one after the other from 1 on, and at least two."""
    wanted = [item for number, item in enumerate(_LISTED.finditer(text), 1) if int(item[1]) == number]
    if len(wanted) > 1:
        yield from (item.span() for item in wanted)


def _tells_time(match: re.Match[str]) -> bool:
    return ":" in match[0].rstrip(":") or any(unit in match[0] for unit in ("s", "秒"))


def _seconds(match: re.Match[str]) -> float:
    times = []
    groups: Sequence[str | None] = match.groups()
    for minutes, rest, plain in zip(groups[::3], groups[1::3], groups[2::3], strict=True):
        if rest or plain:
            times.append(60 * float(minutes or 0) + float(rest or plain or 0))
    return max([b - a for a, b in pairwise(times)], default=0.0) if len(times) > 1 else 0.0


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    chars = list(text)
    for a, b in spans:
        chars[a:b] = "\0" * (b - a)
    return "".join(chars)
