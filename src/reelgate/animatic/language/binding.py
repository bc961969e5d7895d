"""Who and what a prompt names: nouns bound to the colours, numbers, clothes and verbs that the text gives them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from reelgate.animatic.language.headings import heading_of
from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.language.nearness import (
    BINDING_REACH,
    CHANGES_REACH,
    LIST_GAPS,
    MENTIONS,
    NEARBY,
    THINGS,
    joined,
)
from reelgate.animatic.language.verbs import next_verb, verbs_of

MAX_SUBJECTS = 4
WEARING_REACH = 60  # characters between somebody and what they wear: "a woman dancing in a long red dress"

_NOT_TOPS = frozenset({"trousers", "hat", "hair", "shoes", "skirt", "bareheaded", "barefoot"})
"""Garments worn beside the one that gives a figure its colour."""

_DEEDS = frozenset({
    "kick", "basket", "play", "violin", "flute", "zither", "pipa", "fish", "ski", "skate", "surf", "taichi", "climb",
    "cook", "type", "write", "paint", "phone", "pray", "meditate", "salute", "photograph", "sweep", "skateboard",
    "talk", "sing", "hug", "clap", "kneel", "laugh", "cry", "yawn", "smoke", "think", "groom", "dress",
    "exercise", "squat", "pushup", "lift", "drum", "dig", "swing", "volley", "shoot", "shake", "pet", "feed", "knit",
    "game", "iron", "massage", "trumpet", "juggle", "conduct", "stretch", "wash", "operate", "cut", "stir", "arrange",
    "watch", "strum", "fence", "fight", "harvest",
})  # fmt: skip
"""Actions of people only: they imply a person if the prompt names none: 踢足球."""

_COMPOUND = frozenset({"place", "weather", "time"})
"""Things that may be the first word of another: "a red city bus"."""


class Garment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A garment of a figure; `colour` is a word, empty if the prompt gives none."""

    kind: str
    colour: str = ""


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone or something that the prompt names. `colour` is a word, empty for the kind's own.

    `scale` is giant, large or small where it is so for its kind, `side` left or right where the words put it there,
    `heading` the way that the prompt sends it, `holds` the kind of what is in somebody's hand. `then` is what they do
    next, in the second half of the shot.
    """

    kind: str
    action: str = "stand"
    colour: str = ""
    count: int = 1
    clothes: tuple[Garment, ...] = ()
    scale: str = ""
    side: str = ""
    holds: str = ""
    then: str = ""
    heading: str = ""


def subjects_of(terms: Sequence[Term]) -> tuple[Subject, ...]:
    """Bind each noun to the colour, the number and the clothes that the text gives it, and to the nearest verb.

    Who is named again is the same, unless in another colour.
    """
    terms = sorted(terms, key=lambda term: term.at)
    nouns = [term for term in terms if term.slot == "subject"][:MENTIONS]
    near = [_near(noun, terms) for noun in nouns]
    worn, dyes = _clothes(nouns, terms)
    sides = _sides(nouns, terms)
    seen: list[Subject] = []
    names: dict[str, str] = {}
    for number, (noun, verb) in enumerate(zip(nouns, verbs_of(nouns, near, terms), strict=True)):
        clothes = tuple(worn.get(number, ()))
        tops = [garment.colour for garment in clothes if garment.kind not in _NOT_TOPS and garment.colour]
        left = [term for term in near[number] if term not in dyes]
        colour = tops[0] if tops else _before(noun, "colour", left) or _told_after(noun, left)
        then = next_verb(noun, verb, nouns, terms)
        count, scale = _number(noun, near[number]), _before(noun, "scale", near[number])
        kind = _somebody_else(noun, names, terms)
        way = heading_of(noun, nouns, terms)
        one = Subject(kind, verb, colour, count, clothes, scale, sides.get(number, ""), then=then, heading=way)
        if any(term.slot == "apart" and term.at == noun.at for term in near[number]):
            seen.append(one)
        else:
            _add(seen, one)
    riding = [subject for subject in seen if subject.action == "ride"]
    if not seen:
        seen = [Subject("person", verb.value) for verb in terms if verb.slot == "action" and verb.value in _DEEDS][:1]
    if riding and all(lexicon().kinds[subject.kind].rideable for subject in riding):
        seen.insert(0, Subject("person", "ride"))  # 骑马, by somebody whose name is all that is told
    return tuple(seen[:MAX_SUBJECTS])


def _near(noun: Term, terms: Sequence[Term]) -> Sequence[Term]:
    """Return the terms around a noun that could be said of it."""
    first = bisect_left(terms, noun.at - NEARBY, key=lambda term: term.at)
    return terms[first : bisect_left(terms, noun.at + NEARBY, key=lambda term: term.at)]


def _somebody_else(noun: Term, names: dict[str, str], terms: Sequence[Term]) -> str:
    """Return the kind of a noun; a figure named by another word of the same plain kind is another one: "a clerk ... a
    colleague". `names` keeps the word of each kind."""
    first = names.setdefault(noun.value, noun.phrase)
    again = noun.phrase in first or first in noun.phrase or first in _ANYBODY or noun.phrase in _ANYBODY
    again = again or "other" in noun.phrase or noun.phrase.startswith("另")
    if noun.value != "person" or again or any(term.slot == "subject" and term.value == "woman" for term in terms):
        return noun.value
    return "woman"


_ANYBODY = frozenset({"person", "people", "人", "人们", "they", "他们", "人物", "主角", "character", "hero", "actor"})
"""Words for a person that may refer to one who was named before."""


def _add(seen: list[Subject], one: Subject) -> None:
    """Add a subject, or what is new of it to the one named before."""
    for number, other in enumerate(seen):
        if other.kind == one.kind and (not one.colour or other.colour in ("", one.colour)) and not _unlike(other, one):
            action = one.action if other.action == "stand" else other.action
            again = one.action if one.action not in ("stand", action) else one.then
            new = {name: getattr(other, name) or getattr(one, name) for name in _SAID_ONCE}
            count = one.count if other.count == 1 else other.count
            seen[number] = msgspec.structs.replace(other, action=action, count=count, then=other.then or again, **new)
            return
    seen.append(one)


_SAID_ONCE = ("colour", "clothes", "scale", "side", "heading")
"""What is taken from a later mention of a figure if the first does not say it."""


def _unlike(one: Subject, other: Subject) -> bool:
    """Tell whether two of a kind can't be the same: they are on different sides or of different sizes, or the one's hat
    is of another colour than the other's."""
    if any(a and b and a != b for a, b in ((one.side, other.side), (one.scale, other.scale))):
        return True
    worn = {garment.kind: garment.colour for garment in one.clothes if garment.colour}
    return any(g.colour and worn.get(g.kind, g.colour) != g.colour for g in other.clothes)


def _clothes(nouns: Sequence[Term], terms: Sequence[Term]) -> tuple[dict[int, list[Garment]], list[Term]]:
    """Return what each noun, by its position, wears, and the colours that are said of clothes."""
    worn: dict[int, list[Garment]] = {}
    dyes: list[Term] = []
    told = sorted(
        (term for term in terms if term.slot in ("colour", "clothes", "subject")),
        key=lambda term: (term.at, term.slot == "clothes"),
    )
    people = [(number, noun) for number, noun in enumerate(nouns) if lexicon().kinds[noun.value].person]
    following: int | None = None  # who wears the garment that comes next
    for place in range(len(told) - 1, -1, -1):
        garment, dye = told[place], told[place - 1] if place else None
        if garment.slot != "clothes":
            following = following if garment.slot == "colour" else None
            continue
        following = _wearer(garment, people, following)
        if following is None:
            continue
        coloured = dye and dye.slot == "colour" and garment.at - dye.at <= BINDING_REACH
        if dye and coloured:
            dyes.append(dye)
        worn.setdefault(following, []).insert(0, Garment(garment.value, dye.value if dye and coloured else ""))
    return worn, dyes


def _wearer(garment: Term, people: Sequence[tuple[int, Term]], following: int | None) -> int | None:
    """Return the position of the noun that wears a garment: who comes right after it or after others that they wear,
    else the one named before."""
    after = [number for number, noun in people if joined(garment, noun.at)]
    before = [number for number, noun in people if 0 <= garment.at - noun.at <= WEARING_REACH]
    return after[0] if after else before[-1] if before else following


def _sides(nouns: Sequence[Term], terms: Sequence[Term]) -> dict[int, str]:
    """Return the side of each noun, by its position: "a horse on the left", 左侧是一匹马."""
    sides: dict[int, str] = {}
    for side in [term for term in terms if term.slot == "side"][:MENTIONS]:
        begins = max((term.end for term in terms if term.slot == "stop" and term.end <= side.at), default=0)
        before = [number for number, noun in enumerate(nouns) if begins <= noun.at < side.at]
        after = [number for number, noun in enumerate(nouns) if 0 <= noun.at - side.end <= BINDING_REACH]
        for number in before[-1:] or after[:1]:
            sides[number] = side.value
    return sides


def _before(noun: Term, slot: str, terms: Sequence[Term]) -> str:
    """Return what is said of a noun before it, where nothing comes between that it would rather be said of."""
    edge = noun.at
    named = {term.at for term in terms if term.slot == "subject"} - {noun.at}  # what these say is of themselves: 白马
    for term in reversed([t for t in terms if t.at < noun.at or (t.at == noun.at and t.slot == slot)]):
        other = term.slot in THINGS and not (term.slot in _COMPOUND and joined(term, edge))
        if noun.at - term.end > BINDING_REACH or term.slot == "stop" or other or term.at in named:
            return ""
        if term.slot == slot:
            return (
                "" if slot == "colour" and _either(term, terms) and lexicon().kinds[noun.value].family else term.value
            )
        if slot == "colour" and term.slot == "count" and term.at < noun.at:
            return ""  # "a red rug, a cat"
        edge = term.at
    return ""


def _either(colour: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a colour is one of two: "black and white paint"; "jade green" is one."""
    before = [t for t in terms if t.slot == "colour" and t.at < colour.at]
    return any(0 < colour.at - t.end <= LIST_GAPS[True] and not joined(t, colour.at) for t in before)


def _number(noun: Term, terms: Sequence[Term]) -> int:
    """Return how many there are: the number said aloud, else what the word says itself, as "people" and "cats" do."""
    itself = [term for term in terms if term.slot == "count" and term.at == noun.at]
    aloud = _before(noun, "count", [term for term in terms if term not in itself])
    usual = lexicon().kinds[noun.value].many
    return int(itself[0].value if itself and aloud in ("", "1") else aloud or usual)


def _told_after(noun: Term, terms: Sequence[Term]) -> str:
    """Return the colour that a noun is said to have after it: "the bird is blue"."""
    after = [term for term in terms if term.at >= noun.end][:3]
    if lexicon().kinds[noun.value].family and after and after[0].slot in ("colour", "cut", "copula"):
        told = next((term for term in after if term.slot == "colour"), None)
        own = told and next((term for term in terms if term.at >= told.end and term.slot in THINGS), None)
        if told and told.at - noun.end <= CHANGES_REACH and not (own and own.at - told.end <= 1):
            return told.value
    after = after[:2]
    if [term.slot for term in after] != ["copula", "colour"]:
        return ""
    is_, colour = after
    return colour.value if is_.at - noun.end <= 1 and colour.at - is_.end <= 1 else ""
