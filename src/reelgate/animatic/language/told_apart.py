"""Subjects that are described one by one: "two cats, one black and one white", 两个女孩,一个穿红裙子,一个穿蓝裙子."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.language.nearness import MENTIONS

_ONE_OF_THEM = re.compile(
    r"\b(?:one|the other(?: one)?|another(?: one)?)\b"
    r"(?! (?:side|end|hand|day|way|direction|world|of|by|after|on|in front))"
    r"|另(?:外)?[一两二三][个只名位头匹条辆艘]|一[个只名位头匹条辆艘]"
)
_SAYS_WHICH = frozenset({"colour", "clothes", "action", "scale", "side"})
_FOLLOWING = 24  # terms after several in which one of them is told apart
_LISTED = 6  # characters between the colours of a list
_SAID_WITHIN = 16  # characters after "one" in which it is told which one


def told_apart(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a subject for each that is described apart, "two cats, one black and one white", and a
    term of the slot `apart` with each; nothing without any."""
    groups = [number for number, one in enumerate(terms) if one.slot == "subject" and _counts(number, terms)]
    for number in groups[:MENTIONS]:
        noun, counts = terms[number], _counts(number, terms)
        near = terms[max(0, number - 1) : number + _FOLLOWING]
        ones = [one for m in _ONE_OF_THEM.finditer(text, noun.end, near[-1].end) if (one := _one(noun, m, near))]
        ones = ones if len(ones) > 1 else _by_colour(noun, counts, near)
        if len(ones) < 2:
            continue
        all_of_them = next((term for term in reversed(counts) if term.at < noun.at), counts[-1])
        rest = int(all_of_them.value) - sum(_many(one, terms) for one in ones)
        gone = {term for term in terms if term in counts or (term.at == noun.at and term.slot == "subject")}
        rest_of_them = [noun, Term("count", str(rest), noun.phrase, noun.at, noun.end)] if rest > 0 else []
        marks = [msgspec.structs.replace(one, slot="apart") for one in ones]
        kept = [term for term in terms if term not in gone]
        return sorted([*kept, *rest_of_them, *ones, *marks], key=lambda term: term.at)
    return []


def _by_colour(noun: Term, counts: Sequence[Term], terms: Sequence[Term]) -> list[Term]:
    """Return one for each colour of a list that has as many as there are: "three cars, red, blue and white"."""
    after = [term for term in terms if term.at >= noun.end and (term.slot != "stop" or term.value == "sentence")]
    colours = list(takewhile(lambda term: term.slot == "colour", after))
    listed = all(other.at - one.end <= _LISTED for one, other in pairwise(colours))
    own = after[len(colours) : len(colours) + 1]
    piebald = {term.value for term in colours} == {"black", "white"}
    if not listed or piebald or str(len(colours)) not in {term.value for term in counts}:
        return []
    if own and own[0].slot not in ("action", "stop", "cut") and own[0].at - colours[-1].end <= 1:
        return []  # "two cars, a red and a blue house"
    return [msgspec.structs.replace(noun, at=term.end - 1, end=term.end) for term in colours]


def _counts(number: int, terms: Sequence[Term]) -> list[Term]:
    """Return the words that say that there are several of a subject."""
    noun = terms[number]
    if lexicon().kinds[noun.value].still:
        return []
    near = [t for t in terms[max(0, number - 6) : number + 6] if t.slot == "count" and t.value != "1"]
    return [t for t in near if t.at == noun.at or 0 <= noun.at - t.end <= _SAID_WITHIN]


def _many(one: Term, terms: Sequence[Term]) -> int:
    return max((int(t.value) for t in terms if t.slot == "count" and t.at == one.at), default=1)


def _one(noun: Term, match: re.Match[str], terms: Sequence[Term]) -> Term | None:
    """Return the subject of a "one" with a description; None if it counts something else."""
    after = [t for t in terms if t.at >= match.end() and t.slot not in ("count", "pronoun", "copula")]
    after = sorted(after, key=lambda term: (term.at, term.slot == "subject"))[:2]  # "one plays guitar"
    before = next((t for t in reversed(terms) if t.end <= match.start() and t.slot != "count"), None)
    if before and before.slot in ("colour", "scale") and match.start() - before.end == 1:
        return msgspec.structs.replace(noun, at=match.start(), end=match.end())
    if not after or after[0].slot not in _SAYS_WHICH or after[0].at - match.end() > _SAID_WITHIN:
        return None
    following = after[1] if len(after) > 1 and after[1].at - after[0].end <= 1 else None
    said = after[0].slot in ("colour", "scale")
    if said and following and following.slot in ("subject", "place"):
        return None  # "one red sofa"
    own = said and not (following and following.slot in ("clothes", "detail"))
    begins = max(
        (t.at for t in terms if t.slot == "count" and match.start() <= t.at < match.end()), default=match.start()
    )
    at, end = (after[0].end - 1, after[0].end) if own else (begins, match.end())
    return msgspec.structs.replace(noun, at=at, end=end)
