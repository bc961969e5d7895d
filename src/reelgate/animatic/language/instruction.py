"""What the instruction of an edit asks for, as far as it is about looks."""

from __future__ import annotations

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.styles.styles import LOOKS

EDIT_WORDS = "edit_words"
"""The folder of phrases that only edits know."""

STRENGTHS = {"slight": 0.5, "strong": 1.35}
NEGATION_REACH = 14
"""Characters between a word that says no and what it denies: "without any of the", 不要再有."""

_VAGUE = frozenset({"cinematic", "future"})  # said of nearly everything; another style beside them is what is meant

_KINDS = {
    **dict.fromkeys(("warm", "cold"), "temperature"),
    **dict.fromkeys(("brighter", "darker"), "brightness"),
    **dict.fromkeys(("vivid", "muted"), "saturation"),
    "contrast": "contrast",
}
"""Looks that go together with others of their slot, and what they exclude each other in."""


class LookChange(msgspec.Struct, frozen=True):
    """The looks to give, each a (slot, value) of `LOOKS` or a weather; how strongly; and weather to take away."""

    looks: tuple[tuple[str, str], ...] = ()
    strength: float = 1.0
    unwanted_weather: tuple[str, ...] = ()


def follow(prompt: str, negative_prompt: str = "") -> LookChange:
    """Read an instruction. Of several words for one thing the last counts, as in "turn day into night"."""
    words = lexicon(EDIT_WORDS)
    barred = {(term.slot, term.value) for term in words.find(negative_prompt)}
    terms = words.find(prompt)
    denied = [term for term in terms if _denied(term, terms)]
    chosen: dict[str, tuple[str, str]] = {}
    strength = 1.0
    for term in terms:
        look = (term.slot, term.value)
        strength = STRENGTHS.get(term.value, strength) if term.slot == "strength" else strength
        if look not in LOOKS or look in barred or term in denied:
            continue
        kind = _KINDS.get(term.value, term.slot)
        if not (term.value in _VAGUE and kind in chosen):
            chosen[kind] = look
    removed = dict.fromkeys(term.value for term in denied if term.slot == "weather")
    return LookChange(tuple(chosen.values()), strength, tuple(removed))


def _denied(term: Term, terms: list[Term]) -> bool:
    """Whether the nearest word before this one that isn't of its kind says no to it."""
    before = [other for other in terms if other.at < term.at and other.slot not in ("strength", "nothing", term.slot)]
    if not before or before[-1].slot != "without":
        return False
    return term.at - before[-1].at - len(before[-1].phrase) <= NEGATION_REACH
