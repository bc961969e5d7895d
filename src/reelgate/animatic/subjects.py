"""Who and what a prompt names: nouns bound to the colours, numbers, clothes and verbs that are told of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reelgate.animatic.lexicon import Term, lexicon

MAX_SUBJECTS = 4
WEARING_REACH = 40  # characters between somebody and what they wear: "a woman dancing in a long red dress"
BINDING_REACH = 14  # characters between an adjective and its noun: "white and very fast horse", 红色的敞篷跑车
_ATTACHED = 3  # characters between clothes and their wearer who comes after: 穿红裙子的女孩

_NOT_TOPS = frozenset({"trousers", "hat", "hair", "shoes", "skirt"})
"""What is worn beside the garment that gives somebody their colour."""


class Garment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody wears; `colour` is a word, empty where none is told."""

    kind: str
    colour: str = ""


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone or something that the prompt names. `colour` is a word, empty for the kind's own."""

    kind: str
    action: str = "stand"
    colour: str = ""
    count: int = 1
    clothes: tuple[Garment, ...] = ()


def subjects_of(terms: Sequence[Term]) -> tuple[Subject, ...]:
    """Bind each noun to the colour, the number and the clothes told of it, and to the nearest verb."""
    nouns = [term for term in terms if term.slot == "subject"]
    worn, dyes = _clothes(nouns, terms)
    left = [term for term in terms if term not in dyes]
    seen: dict[str, Subject] = {}
    for number, noun in enumerate(nouns):
        if noun.value not in seen:
            clothes = tuple(worn.get(number, ()))
            tops = [garment.colour for garment in clothes if garment.kind not in _NOT_TOPS and garment.colour]
            seen[noun.value] = Subject(
                kind=noun.value,
                action=_verb(noun, terms),
                colour=tops[0] if tops else _before(noun, "colour", left),
                count=int(_before(noun, "count", terms) or lexicon().kinds[noun.value].many),
                clothes=clothes,
            )
    return tuple(seen.values())[:MAX_SUBJECTS]


def _clothes(nouns: Sequence[Term], terms: Sequence[Term]) -> tuple[dict[int, list[Garment]], list[Term]]:
    """Return what each noun, by its position, wears, and the colours that are said of clothes."""
    worn: dict[int, list[Garment]] = {}
    dyes: list[Term] = []
    told = sorted(
        (term for term in terms if term.slot in ("colour", "clothes", "subject")),
        key=lambda term: (term.at, term.slot == "clothes"),
    )
    people = [(number, noun) for number, noun in enumerate(nouns) if lexicon().kinds[noun.value].sound == "steps"]
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
    else who was told of before."""
    end = garment.at + len(garment.phrase)
    after = [number for number, noun in people if 0 <= noun.at - end < _ATTACHED]
    before = [number for number, noun in people if 0 <= garment.at - noun.at <= WEARING_REACH]
    return after[0] if after else before[-1] if before else following


def _before(noun: Term, slot: str, terms: Sequence[Term]) -> str:
    between = [t for t in terms if t.slot in (slot, "subject") and noun.at - BINDING_REACH <= t.at <= noun.at]
    between = [t for t in between if t is not noun]
    if len(between) > 1 and between[-1].at == noun.at and between[-2].slot == slot and between[-2].value != "1":
        between = between[:-1]  # "five people": said aloud, not the few that "people" are
    return between[-1].value if between and between[-1].slot == slot else ""


def _verb(noun: Term, terms: Sequence[Term]) -> str:
    """Return the verb after a noun; one before it only where that is not already someone else's."""
    verbs = [term for term in terms if term.slot == "action"]
    after = [verb for verb in verbs if verb.at >= noun.at]
    first = min(term.at for term in terms if term.slot == "subject")
    free = [verb for verb in verbs if verb.at < first]
    chosen = after[0] if after else free[-1] if free else None
    return chosen.value if chosen else "stand"
