"""Nouns that no record names: which family each belongs to, and where a text has one.

`nouns_en.txt` and `nouns_zh.txt` hold a family a line and its words; a family is one of `families.toml`, or a kind of
subject. A star marks a word that is a verb or an adjective too, and counts only where the grammar says noun.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_NO_NOUN_AFTER = frozenset(
    [
        "to",
        "will",
        "can",
        "cannot",
        "would",
        "should",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "it",
        "who",
        "not",
        "never",
        "then",
        "slowly",
        "quickly",
        "gently",
        "suddenly",
    ]
)
_NOUN_AFTER = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "its",
        "their",
        "my",
        "your",
        "our",
        "this",
        "that",
        "these",
        "those",
        "some",
        "any",
        "one",
        "two",
        "three",
        "four",
        "five",
        "several",
        "many",
        "each",
        "every",
        "another",
        "of",
        "in",
        "on",
        "with",
        "into",
        "onto",
        "from",
        "under",
        "over",
        "behind",
        "beside",
        "near",
        "holding",
        "using",
    ]
)


class Found(NamedTuple):
    """A noun in a text: what it is called in the singular, its family, where it stood, whether it is a plural."""

    name: str
    family: str
    at: int
    end: int
    several: bool


@functools.cache
def families() -> dict[str, str]:
    """Return the family of each word; a star behind it marks one that is other parts of speech too."""
    found: dict[str, str] = {}
    for name in ("nouns_en.txt", "nouns_zh.txt"):
        for line in resources.files(__package__).joinpath(name).read_text("utf-8").splitlines():
            family, words = line.split(": ")
            found |= {word.rstrip("*"): family + word[len(word.rstrip("*")) :] for word in words.split()}
    return found


def nouns_in(text: str, hidden: bytearray) -> Iterator[Found]:
    """Yield the nouns of a normalised text that stand where nothing else was found."""
    yield from _english(text, hidden)
    yield from _chinese(text, hidden)


def _english(text: str, hidden: bytearray) -> Iterator[Found]:
    before, ended = "", 0
    for match in _WORD.finditer(text):
        word, at, end = match[0], match.start(), match.end()
        joined = bool(before) and not text[ended:at].strip(" ")
        name, several = _singular(word)
        family = families().get(name, "")
        free = hidden.find(1, at, end) < 0
        before_it, before, ended = (before if joined else ""), word, end
        if not family or not free or before_it in _NO_NOUN_AFTER:
            continue
        if family.endswith("*") and before_it not in _NOUN_AFTER:
            continue
        yield Found(name, family.rstrip("*"), at, end, several)


def _singular(word: str) -> tuple[str, bool]:
    known = families()
    for ending, instead in (("ies", "y"), ("ves", "fe"), ("ves", "f"), ("men", "man"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + instead
        if word not in known and word.endswith(ending) and stem in known:
            return stem, True
    return word, False


_PEOPLE_ZH = re.compile("[\u4e00-\u9fff]{1,2}(?:手|员|者|师|工|徒|迷|兵)们")
"""Several people named by what they do; regular suffixes are not listed."""


def _chinese(text: str, hidden: bytearray) -> Iterator[Found]:
    for match in _PEOPLE_ZH.finditer(text):
        if hidden.find(1, match.start(), match.end()) < 0:
            hidden[match.start() : match.end()] = b"\1" * len(match[0])
            yield Found(match[0], "person", match.start(), match.end(), several=True)
