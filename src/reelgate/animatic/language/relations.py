"""How two that are named stand to each other: "a cat on a chair", 一只猫在椅子上, "she holds a lantern"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon

_BETWEEN = 70  # characters between two nouns that may be said of each other

_EATS = (
    "eat|eats|eating|drinks?|drinking|nibbles?|nibbling|chews?|chewing|licks?|licking|tastes?|tasting"
    "|gnaws?|gnawing|munch(?:es|ing)?|devours?|devouring|bites?|biting|feeds?|feeding"
)
_HOLDS = (
    "holds?|holding|carry|carries|carrying|grips?|gripping|lifts?|lifting|raises?|raising|brings?|bringing|wields?|wielding"
    "|swings?|swinging|waves?|waving|shows?|showing|uses?|using|picks? up|picking up|clutching|clutches|hugs?|hugging"
    "|peels?|peeling|slices?|slicing|prepares?|preparing|makes?|making|pours?|pouring|cuts?|cutting|throws?|throwing"
    "|pulls?|pulling|catches|catching|balances?|balancing|juggles?|juggling|with|and"
)
_ENGLISH = {
    "on": "on top of|on the top of|at the top of|atop|onto|upon|on",
    "under": "at the bottom of|on the bottom of|underneath|under|below|beneath",
    "in": "inside of|inside|into|within|in",
    "behind": "behind",
    "before": "in front of",
    "left_of": "to the left of|left side of|left of",
    "right_of": "to the right of|right side of|right of",
    "beside": "next to|beside|alongside|against|near|by",
    "from": "out of|from",
    "riding": "rides?|riding|astride",
    "giving": "gives?|giving|hands?|handing|pass|passes|passing|offers?|offering",
    "holding": f"{_EATS}|{_HOLDS}",
}
_WORDS = "|".join(f"(?P<{name}>{words})" for name, words in _ENGLISH.items())
_BEFORE_B = re.compile(rf"(?:^|.*[\s,])(?:{_WORDS})(?: (?:[a-z'-]+)){{0,4}} $")
_NO_PLACE = re.compile(
    r"\bon (?:the )?((?:left|right)(?: side)?(?: of)?)\b|\b((?:chew|gnaw|nibbl|munch|feed|snack)(?:e?s|ing)?) on\b"
)
"""An "on" that is not a relation: on the left of, chews on."""

_LEANS = re.compile(r"\blean(?:s|ing|t)? (?:on|against) [a-z ]*$|靠着|靠在|倚着|倚在")
_STOPS = re.compile(r"[.;!?。!?;]|, (?:and|while|as|then) | while | then ")

_AFTER_B = {
    "on": "上面|上方|顶部|顶上|顶端|之上|上",
    "under": "下面|下方|底下|底部|之下|下(?![象跳围五军]?棋|着棋|[雨雪楼来去])",
    "in": "里面|之中|当中|里|中|内",
    "left_of": "左边|左侧|左面",
    "right_of": "右边|右侧|右面",
    "beside": "旁边|身边|一旁|旁|边",
    "behind": "后面|背后|身后",
    "before": "前面|面前|身前|前",
}
_CHINESE = re.compile("的?(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _AFTER_B.items()) + ")")
_CARRIED = re.compile(
    "(?:拿着|拿|握着|手持|捧着|捧|抱着|抱|提着|手提|端着|举着|拎着|带着|挥舞着?|吃着?|喝着?|啃食?着?|咬着?|叼着|削|切|倒|扔|拉着?|用着?)"
    "[^,。;]{0,7}$"
)
_GIVEN = re.compile("(?:递给|交给|送给|递过去|给)")
_TOGETHER = re.compile(r"[^,.。]{0,10}(?:side by side|并排|并肩)|[^.。]{0,14}\bside by side")
_AND = re.compile(
    r"(?:,? and (?:(?:a|an|the|one|another) )?(?:[a-z]+ )?|和[一两三]?[个只台把块条位]?|与[一两三]?[个只台把块条位]?)"
)


class Relation(msgspec.Struct, frozen=True):
    """`a` stands to `b` in a relation: on, in, under, beside, left_of, right_of, behind, before, from, riding, holding
    or giving."""

    type: str
    a: str
    b: str


def related(terms: Sequence[Term], text: str) -> list[Term]:
    """Return a term of the slot `relation` for each that a normalised text tells; its value is "type a b"."""
    nouns = [term for term in terms if term.slot == "subject"]
    found = []
    for one, other in pairwise(nouns):
        between = text[one.end : other.at]
        if one.at == other.at or len(between) > _BETWEEN or _STOPS.search(between) or "把" in between:
            continue
        for kind, a, b in _told(one, other, between, text):
            if _possible(kind, a, b):
                found.append(Term("relation", f"{kind} {a.value} {b.value}", other.phrase, other.at, other.end))
    return found


def relations_in(terms: Sequence[Term], kinds: Sequence[str]) -> tuple[Relation, ...]:
    """Return the relations between those who are there, once each."""
    told = [Relation(*term.value.split(" ")) for term in terms if term.slot == "relation"]
    return tuple(dict.fromkeys(one for one in told if one.a != one.b and one.a in kinds and one.b in kinds))


def _told(one: Term, other: Term, between: str, text: str) -> Iterator[tuple[str, Term, Term]]:
    """Yield the relation of two nouns in a row, whichever of them comes first."""
    if _LEANS.search(between):
        yield "beside", one, other
    elif other.phrase[-1].isascii():
        if match := _BEFORE_B.fullmatch(_NO_PLACE.sub(lambda m: m[1] or m[2], between)):
            yield next(name for name, words in match.groupdict().items() if words), one, other
    elif _GIVEN.match(text, other.end):
        yield "giving", one, other
    elif _CARRIED.search(between):
        yield "holding", one, other
    elif "从" in between and _CHINESE.match(text, other.end):
        yield "from", one, other
    elif match := _CHINESE.match(text, other.end):
        yield next(name for name, words in match.groupdict().items() if words), one, other
    elif match := _CHINESE.match(between):
        yield next(name for name, words in match.groupdict().items() if words), other, one
    if _AND.fullmatch(between) and _TOGETHER.match(text, other.end):
        yield "beside", one, other


def _possible(kind: str, a: Term, b: Term) -> bool:
    """Tell whether a relation is possible: a figure can't hold a house, and rides only what can be ridden."""
    one, other = lexicon().kinds[a.value], lexicon().kinds[b.value]
    portable = other.sort in ("food", "thing", "plant", "instrument") and not other.backdrop
    if kind in ("holding", "giving"):
        return one.alive and (portable or b.value == "door") and b.value != "umbrella"
    if kind == "riding":
        return one.acts and (other.rideable or other.sort == "vehicle")
    if kind in ("on", "in") and one.acts and other.stands in ("table", ""):
        carries = ("vehicle",) if kind == "in" else ("vehicle", "plant", "animal", "building")
        return not other.family and other.sort in carries
    if kind == "in":
        return other.sort in ("vehicle", "thing", "food", "furniture") and one.sort != "building"
    return kind != "from" or one.alive or one.sort in ("food", "thing")
