"""How near words of a prompt stand to each other where they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reelgate.animatic.language.lexicon import Term

MENTIONS = 32  # of somebody or something that are looked at
BINDING_REACH = 14  # characters between an adjective and its noun: "white and very fast horse", 红色的敞篷跑车
CHANGES_REACH = 20  # characters between a thing and the colour that it has or takes on: "a wall turns from red"
NEARBY = 80  # characters around a noun in which anything is said of it but its verb
TOGETHER_REACH = 10  # characters between "chases" and who runs too
SAID_REACH = 12  # characters between "without" or "like" and what it is said of
LIST_GAPS = {True: 6, False: 2}  # characters between two that are told together: "no cars or people", 汽车和行人

THINGS = frozenset({"subject", "place", "clothes", "detail", "weather", "time", "spectacle"})
"""Slots of what can have a colour or a number of its own."""

PLAIN = frozenset({"count", "colour", "pace", "framing", "style", "copula", "scale"})
"""Slots of the small words that may stand between a word and its noun."""


def said_of(terms: Sequence[Term], slot: str) -> list[Term]:
    """Return the terms that words of a slot are said of: what comes right after each, and what is listed with it."""
    said: list[Term] = []
    until, listed = -1, frozenset[str]()
    for _, group in groupby(terms, key=lambda term: term.at):
        found = tuple(group)
        slots = frozenset(term.slot for term in found)
        if slot in slots:
            until, listed = found[0].end + SAID_REACH, frozenset()
        elif found[0].at > until or (listed and not slots & (listed | {"stop"})):
            until = -1
        elif "stop" in slots:
            until = until if listed and found[0].value == "list" else -1
        else:
            said += found
            if not slots <= PLAIN:
                until, listed = found[0].end + LIST_GAPS[found[0].phrase[-1].isascii()], slots - PLAIN
    return said


def joined(term: Term, edge: int) -> bool:
    """Tell whether a term ends where the next begins, not counting the space after a Latin word."""
    return edge - term.end == int(term.phrase[-1].isascii())
