"""Where a subject goes: "runs to the left", 向左奔跑; and that it goes, in words that are also the camera's: "an eagle
flying over mountains", 女孩穿过森林."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.language.nearness import MENTIONS

_TRAVELS = frozenset(
    {"run", "walk", "fly", "swim", "drive", "ride", "crawl", "climb", "charge", "jump", "ski", "skate"}
)
"""Actions that lead somewhere."""

_AFTER_VERB = re.compile(
    r"(?: past)?(?: [a-z]+ly)?"
    r"(?:[^.,;!?]{0,36}? (?:(?:to|towards?) the|from (?:left|right) to|(?:left|right) to) (left|right)(?:-hand side)?"
    r"| (?:an? |the |his |her )?(?:[a-z]+ )?(left|right)(?=[.,;!?]|$)"
    r"| (left|right)(?:wards?)?)\b(?! (?:of|hand|foot|arm|leg|eye|wing|paw|turn))"
)
_GOES = re.compile(
    r" (?:[a-z]+ly )?(?:moves|moving|goes|going|heads|heading|travels|travelling|drifts|slides)(?: [a-z]+ly)?"
    r"(?: (?:across|along|through|over|down) [a-z ]{1,24}?)? (?:to|towards?) the (left|right)\b(?! of)"
)
"""Words that only say that a subject goes to a side."""

_BEFORE_VERB = re.compile(
    "(?:(?:从|自|由)[左右](?:边|侧)?)?(?:向|往|朝|到|至)(?:画面)?(左|右)(?:边|侧|方)?(?:[^,。;!?左右]{0,3})$"
)
_COMING = re.compile(r"[^.,;!?]{0,30}? from the (left|right)\b")
_COMING_ZH = re.compile("(?:从|自|由)(?:画面)?(左|右)(?:边|侧|方)?$")
_IN = "进入来过"
"""How verbs end of who comes from a side: 从左边走进画面."""

_BEHIND_VERB = re.compile("(?:着|过|去)?(?:向|往|朝)(?:画面)?(左|右)(?:边|侧|方)?")
_IN_THE_VERB = re.compile(r"\b(?:left|right)\b|[左右]")
_OF_THE_CAMERA = re.compile(
    "(?:镜头|相机|摄像机|机位|运镜|摇|平移|横移|无人机"
    r"|\b(?:camera|pans?|panning|trucks?|dolly|dollies|shot|drone|lens|view|scene|we)\b)[^,.。;]*$"
)
_DOWN = re.compile("^down.*stair|^下楼")
"""Words for stairs that somebody goes down: the flight rises to the right."""

_REACH = 60  # characters before a verb in which it is looked for whose it is
_WITHIN = 12  # terms before a move of the camera in which somebody is named whose it may be
_DEEDS = {
    **dict.fromkeys(("fly over", "flying over", "flies through", "glides along"), "fly"),
    **dict.fromkeys(("飞越", "掠过", "俯冲", "高空俯冲"), "fly"),
    **dict.fromkeys(("travels through", "moves through", "moves along", "穿过", "跟着"), "walk"),
    **dict.fromkeys(("moves forward", "moving forward", "follows", "follows the", "following"), "walk"),
    **dict.fromkeys(("from left to right", "left to right", "from right to left", "right to left"), "walk"),
    **dict.fromkeys(("moves left", "moves right", "moving left", "moving right"), "walk"),
    **dict.fromkeys(("从左到右", "从右到左", "向左移动", "向右移动"), "walk"),
}  # fmt: skip
"""What the camera's words mean for a subject before them in their clause."""

_CLAUSE = re.compile(r"[,.;:!?。\n]")


def headings(terms: Sequence[Term], text: str) -> list[Term]:
    """Return a term of the slot `heading` for each way that a normalised text sends a subject."""
    down = [term for term in terms if term.slot == "place" and _DOWN.search(term.phrase)]
    stairs = [msgspec.structs.replace(term, slot="heading", value="left") for term in down]
    return [*islice(_headings(terms, text), MENTIONS), *stairs[:MENTIONS]]


def headed(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with the subjects' ways, and without the sides and camera moves in their words."""
    terms = [_deed(term, terms[max(0, at - _WITHIN) : at], text) for at, term in enumerate(terms)]
    ways = headings(terms, text)
    ways += [msgspec.structs.replace(way, slot="action", value="walk") for way in ways if _GOES.match(text, way.at)]
    taken = [term for term in terms if term.slot in ("side", "camera") and any(_within(term, way) for way in ways)]
    return sorted([*(term for term in terms if term not in taken), *ways], key=lambda term: term.at)


def _deed(term: Term, earlier: Sequence[Term], text: str) -> Term:
    """Return a move of the camera as the action of the subject before it in its clause."""
    done = _DEEDS.get(term.phrase, "") if term.slot == "camera" else ""
    before = _before(text, term.at)
    if not done or _OF_THE_CAMERA.search(before):
        return term
    begins = term.at - len(_CLAUSE.split(before)[-1])
    there = [one for one in earlier if one.at >= begins]
    movers = [one for one in there if one.slot == "subject" and not lexicon().kinds[one.value].still]
    busy = any(one.slot == "action" and one.value in _TRAVELS for one in there)
    return msgspec.structs.replace(term, slot="action", value=done) if movers and not busy else term


def _before(text: str, at: int) -> str:
    return text[max(0, at - _REACH) : at]


def _within(term: Term, way: Term) -> bool:
    return way.at <= term.at and term.at < way.end


def _headings(terms: Sequence[Term], text: str) -> Iterator[Term]:
    kinds = lexicon().kinds
    movers = [t for t in terms if t.slot == "pronoun" or (t.slot == "subject" and not kinds[t.value].still)]
    for one in movers[:MENTIONS]:
        if match := _GOES.match(text, one.end):
            yield Term("heading", match[1], match[0].strip(), one.end, match.end())
    first = movers[0].at if movers else len(text)
    for verb in terms:
        if verb.slot != "action" or verb.value not in _TRAVELS or verb.at < first:
            continue
        if _OF_THE_CAMERA.search(_before(text, verb.at)):
            continue
        latin = verb.phrase[-1].isascii()
        match = _AFTER_VERB.match(text, verb.end) if latin else _BEHIND_VERB.match(text, verb.end)
        match = match or (None if latin else _BEFORE_VERB.search(_before(text, verb.at)))
        coming = _COMING.match(text, verb.end) if latin else _COMING_ZH.search(_before(text, verb.at))
        if not match and (told := _IN_THE_VERB.findall(verb.phrase)):
            yield Term("heading", _WAYS.get(told[-1], told[-1]), verb.phrase, verb.at, verb.end)
        if coming and not match and (latin or verb.phrase[-1] in _IN):
            at = coming.start() if latin else verb.at - len(coming[0])
            yield Term("heading", _FROM[coming[1]], coming[0].strip(), at, at + len(coming[0]))
        if match:
            way = next(group for group in match.groups() if group)
            at = match.start() if match.start() >= verb.end else verb.at - len(match[0])
            yield Term("heading", _WAYS.get(way, way), match[0].strip(), at, at + len(match[0]))


_FROM = {"left": "right", "right": "left", "左": "right", "右": "left"}
_WAYS = {"左": "left", "右": "right"}


def heading_of(noun: Term, nouns: Sequence[Term], terms: Sequence[Term]) -> str:
    """Return the way of a noun: the first after it that belongs to no other subject, or that of its carrier."""
    kinds = lexicon().kinds
    if not kinds[noun.value].still and (taken := next((t for t in terms if _takes(t, noun)), None)):
        return taken.value
    way = next((term for term in terms if term.slot == "heading" and term.at >= noun.at), None)
    others = [other.at for other in nouns if other.value != noun.value and not kinds[other.value].still]
    own = way and not kinds[noun.value].still and not any(noun.at < at < way.at for at in others)
    return way.value if way and own else ""


def _takes(way: Term, noun: Term) -> bool:
    """Tell whether a noun is named on the way of another: "leads a horse to the left"."""
    return way.slot == "heading" and way.at <= noun.at < way.end
