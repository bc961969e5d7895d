"""Words to meanings: English and Chinese phrases found in a prompt, longest first."""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from importlib import resources
from typing import Any

import msgspec


class Term(msgspec.Struct, frozen=True):
    """A phrase found in a text: what it means, and where it stood (character offset in the normalised text)."""

    slot: str
    value: str
    phrase: str
    at: int


class Kind(msgspec.Struct, frozen=True):
    """What is known of a subject beyond its name: where it is at home, when it is seen, what it sounds like."""

    place: str = ""
    time: str = ""
    sound: str = ""
    afloat: bool = False
    """It needs water under it."""

    many: int = 1
    """How many are seen where no number is said."""


class Lexicon(msgspec.Struct, frozen=True):
    """Phrases with their (slot, value) meanings, the longest first; the subjects' facts; each slot's values."""

    phrases: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    kinds: dict[str, Kind]
    values: dict[str, tuple[str, ...]]

    def find(self, text: str) -> list[Term]:
        """Return the terms of a text in reading order. A found phrase hides the shorter ones inside it."""
        left = normalise(text)
        found: list[Term] = []
        for phrase, meanings in self.phrases:
            at = left.find(phrase)
            while at >= 0:
                end = _end(left, at, phrase)
                if end:
                    found += [Term(slot, value, phrase, at) for slot, value in meanings]
                    left = left[:at] + "\0" * (end - at) + left[end:]
                at = left.find(phrase, at + 1)
        return sorted(found, key=lambda term: term.at)


def normalise(text: str) -> str:
    """Return the text in lower case with compatibility forms (full-width letters and commas) unfolded."""
    return unicodedata.normalize("NFKC", text).lower()


@functools.cache
def lexicon(*more: str) -> Lexicon:
    """Return the lexicon of `words.toml`, with the phrases of `more` files beside it added."""
    tables = _tables("words.toml")
    for name in more:
        for slot, rows in _tables(name).items():
            mine = tables.setdefault(slot, {})
            mine |= {value: [*_words(mine.get(value, [])), *row] for value, row in rows.items()}
    meanings: dict[str, list[tuple[str, str]]] = {}
    for slot, rows in tables.items():
        for value, row in rows.items():
            for phrase in _words(row):
                meanings.setdefault(normalise(phrase), []).append((slot, value))
    longest = sorted(meanings.items(), key=lambda item: (-len(item[0]), item[0]))
    return Lexicon(
        phrases=tuple((phrase, tuple(found)) for phrase, found in longest),
        kinds={value: msgspec.convert(row, Kind) for value, row in tables["subject"].items()},
        values={slot: tuple(rows) for slot, rows in tables.items()},
    )


def _tables(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _words(row: Any) -> list[str]:
    return msgspec.convert(row["words"] if isinstance(row, dict) else row, list[str])


def _end(text: str, at: int, phrase: str) -> int:
    """Return where the word at `at` ends, its plural included; 0 when it is only a part of a longer word."""
    end = at + len(phrase)
    if not _latin(phrase[-1]):
        return end
    if at and _latin(text[at - 1]):
        return 0
    for plural in ("es", "s", ""):
        stop = end + len(plural)
        if text.startswith(plural, end) and not (stop < len(text) and _latin(text[stop])):
            return stop
    return 0


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
