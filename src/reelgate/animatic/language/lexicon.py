"""Words to meanings: English and Chinese phrases found in a prompt, longest first."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from importlib import resources
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from reelgate.animatic.language.nouns import families as tail
from reelgate.animatic.language.nouns import nouns_in
from reelgate.animatic.language.records import Family, Noun, Place, StyleWords, SubjectKind, Trait, check_places

SEVERAL = "3"
"""How many a plural stands for that comes without a number."""

SLOTS = (
    "nothing", "cut", "negation", "simile", "stop", "pronoun", "copula", "together", "take", "nearest", "detail",
    "distance", "subject", "noun", "place", "time", "clothes", "scale", "side", "framing", "spectacle", "weather",
    "season", "style", "camera", "view", "pace", "beat", "action", "colour", "count", "sound",
)  # fmt: skip
"""Each is a file in `words`; the meanings of a phrase in several of them have this order."""

UNSEEN = frozenset({
    "nothing", "cut", "distance", "negation", "clothes", "simile", "stop", "pronoun", "detail", "copula", "together",
    "nearest", "take", "aloft", "stage", "relation", "beat", "apart",
})  # fmt: skip
"""Slots that stand for nothing in the picture."""

_SEEN = frozenset({"subject", "place", "time"})
"""Slots of the nouns that are understood when they are mistyped."""

_SLIPPERY = 5  # letters from which on a slip is told from another word

Record = TypeVar("Record", Noun, SubjectKind, Place, StyleWords)

_WORD_STARTS = re.compile(r"[a-z0-9]+|[^a-z0-9 \0]")
_PLURALS = ("s", "es", "们", "们的")
_VOWELS = frozenset("aeiou")
_SPECIES = frozenset({"青蛙", "小青蛙", "黄牛"})
"""What is called by a colour that it does not have to have."""
_PARTICLES = ("们的", "们", "着的", "了的", "的", "着", "了")


class Term(msgspec.Struct, frozen=True):
    """A phrase found in a text: what it means, and where it stood (character offsets in the normalised text).

    Its `end` is behind what is joined to it: a plural, or the particles 们, 的, 着 and 了.
    """

    slot: str
    value: str
    phrase: str
    at: int
    end: int


class Kinds(dict[str, SubjectKind]):
    """The record of each kind. Of a noun that has none of its own it is made of its family's, and not kept."""

    def __missing__(self, name: str) -> SubjectKind:
        family = tail().get(name, "thing").rstrip("*")
        return families()[family].kind(family)


class Lexicon(msgspec.Struct, frozen=True):
    """Phrases by their first two characters, what they are when two letters are swapped or one is doubled, which of
    them are plurals, their (slot, value) meanings, each slot's values, and the records of the subjects, the places and
    the styles."""

    starts: dict[str, tuple[str, ...]]
    slips: dict[str, str]
    plurals: frozenset[str]
    meanings: dict[str, tuple[tuple[str, str], ...]]
    values: dict[str, tuple[str, ...]]
    kinds: Kinds
    places: dict[str, Place]
    styles: dict[str, StyleWords]

    def find(self, text: str) -> list[Term]:
        """Return the terms of a text in reading order. A found phrase hides the shorter ones inside it."""
        text = normalise(text)
        hidden = bytearray(len(text))
        found: list[Term] = []
        for phrase, at, end in sorted(self._candidates(text), key=lambda c: (-len(c[0]), c[0], c[1])):
            stop = end if _latin(phrase[-1]) else at + len(phrase)  # a particle may begin another word: 红的士
            if hidden.find(1, at, stop) < 0:
                found += self._terms(phrase, at, end, several=text[at + len(phrase) : end] in _PLURALS)
                hidden[at:stop] = b"\1" * (stop - at)
        found += self._others(text, hidden)
        return sorted(found, key=lambda term: term.at)

    def place_with(self, trait: Trait) -> str:
        """Return the place that alone has a trait."""
        return next(name for name, place in self.places.items() if trait in place.traits)

    def _others(self, text: str, hidden: bytearray) -> Iterator[Term]:
        """Yield the nouns that no phrase names."""
        for noun in nouns_in(text, hidden):
            phrase = text[noun.at : noun.end]
            kind = noun.family if noun.family not in families() else noun.name
            yield Term("subject", kind, phrase, noun.at, noun.end)
            if noun.several:
                yield Term("count", SEVERAL, phrase, noun.at, noun.end)

    def _candidates(self, text: str) -> Iterator[tuple[str, int, int]]:
        for match in _WORD_STARTS.finditer(text):
            at, word = match.start(), match[0]
            known = False
            for key in (text[at : at + 2], text[at]) if at + 1 < len(text) else (text[at],):
                for phrase in self.starts.get(key, ()):
                    if text.startswith(phrase, at) and (end := _end(text, at, phrase)):
                        known = True
                        yield phrase, at, end
            if (
                not known
                and len(word) >= _SLIPPERY
                and (meant := self.slips.get(word) or self.slips.get(_single(word)))
            ):
                yield meant, at, match.end()

    def _terms(self, phrase: str, at: int, end: int, *, several: bool) -> list[Term]:
        """Return what a phrase means; a plural also means several."""
        meanings = self.meanings[phrase]
        several = several or phrase in self.plurals
        movers = [value for slot, value in meanings if slot == "subject" and not self.kinds[value].still]
        if movers and several and "count" not in {slot for slot, _ in meanings}:
            meanings = (*meanings, ("count", SEVERAL))
        return [Term(slot, value, phrase, at, end) for slot, value in meanings]


def normalise(text: str) -> str:
    """Return the text in lower case, with compatibility forms (full-width letters and commas) unfolded and with
    simplified characters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).translate(_simplified())


@functools.cache
def lexicon(*more: str) -> Lexicon:
    """Return the lexicon of the files in `words`, with the phrases of `more` folders beside it added.

    Raises msgspec.ValidationError where a record lacks a fact or has an unknown one, LookupError where it names a place
    without a record, or where no place, or more than one, is what only one can be.
    """
    tables = {slot: _rows("words", slot) for slot in SLOTS}
    phrases = {slot: {value: _words(row) for value, row in rows.items()} for slot, rows in tables.items()}
    for folder in more:
        for slot in _slots(folder):
            mine = phrases.setdefault(slot, {})
            mine |= {value: [*mine.get(value, []), *_words(row)] for value, row in _rows(folder, slot).items()}
    meanings: dict[str, list[tuple[str, str]]] = {}
    for slot, rows in phrases.items():
        for value, words in rows.items():
            for phrase in words:
                meanings.setdefault(normalise(phrase), []).append(("subject" if slot == "noun" else slot, value))
    for word, family in tail().items():
        if not word.isascii() and word not in meanings:  # else a shorter word inside it would be found first
            meanings.setdefault(word, []).append(("subject", word if family in families() else family))
    for word in resources.files(__package__).joinpath("words_zh.txt").read_text("utf-8").split():
        meanings.setdefault(word, []).append(("nothing", "word"))
    plurals = _plurals(meanings)
    _add_colours(meanings)
    nouns = records("noun", tables["noun"], Noun)
    kinds = records("subject", tables["subject"], SubjectKind)
    starts: dict[str, list[str]] = {}
    for phrase in meanings:
        starts.setdefault(phrase[:2], []).append(phrase)
    places = records("place", tables["place"], Place)
    styles = records("style", tables["style"], StyleWords)
    check_places(places, (*kinds.items(), *nouns.items(), *families().items(), *styles.items()))
    return Lexicon(
        slips=_slips(meanings),
        plurals=plurals,
        starts={start: tuple(phrases) for start, phrases in starts.items()},
        meanings={phrase: tuple(found) for phrase, found in meanings.items()},
        values={slot: tuple(rows) for slot, rows in phrases.items()},
        kinds=Kinds({**{name: noun.kind(families()[noun.family]) for name, noun in nouns.items()}, **kinds}),
        places=places,
        styles=styles,
    )


@functools.cache
def families() -> dict[str, Family]:
    """Return what is known of nouns by their family."""
    text = resources.files(__package__).joinpath("families.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Family])


@functools.cache
def _simplified() -> dict[int, int]:
    table = tomllib.loads(resources.files(__package__).joinpath("traditional.toml").read_text("utf-8"))
    return str.maketrans(table["traditional"], table["simplified"])


def _slips(meanings: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    """Return how words for what is seen are mistyped: "hosre", "forrest", "buterfly". What means something stays."""
    nouns = [p for p, found in meanings.items() if p.isascii() and p.isalpha() and _SEEN & {slot for slot, _ in found}]
    slips: dict[str, str] = {}
    for word in (noun for noun in nouns if len(noun) >= _SLIPPERY):
        swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
        slips |= dict.fromkeys((*swapped, _single(word)), word)
    return {slip: word for slip, word in slips.items() if slip not in meanings or slip == word}


def _plurals(meanings: dict[str, list[tuple[str, str]]]) -> frozenset[str]:
    """Return which phrases are plurals of others of the same kind, and add those that do not only end in an s to the
    meanings: "babies", "wolves", "policemen"."""
    found: set[str] = set()
    for phrase, meant in list(meanings.items()):
        nouns = [one for one in meant if one[0] in ("subject", "clothes")]
        if not nouns or not _latin(phrase[-1]):
            continue
        plural = _irregular(phrase)
        if plural and plural not in meanings:
            meanings[plural] = [one for one in meant if one[0] != "count"]
        for one in {plural, f"{phrase}s", f"{phrase}es"} & meanings.keys():
            found |= {one} if set(nouns) & set(meanings[one]) else set()
    return frozenset(found)


def _irregular(noun: str) -> str:
    """Return the plural of a noun that does more than add an s, empty where it does not."""
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    if noun.endswith(("ife", "lf", "af", "rf")):
        return f"{noun.removesuffix('e')[:-1]}ves"
    return f"{noun[:-2]}en" if noun.endswith("man") and noun != "human" else ""


def _add_colours(meanings: dict[str, list[tuple[str, str]]]) -> None:
    """Add its colour to each phrase that names a kind in one: "black bear" is a bear, and black; 灰狼."""
    colours = {phrase: one for phrase, meant in meanings.items() for one in meant if one[0] == "colour"}
    for phrase in meanings.keys() - _SPECIES:
        meant = meanings[phrase]
        if not any(slot in ("subject", "clothes") for slot, _ in meant):
            continue
        for at in range(1, len(phrase)):
            if phrase[at] != " " and phrase.isascii():
                continue
            told, rest = colours.get(phrase[:at].rstrip()), meanings.get(phrase[at:].lstrip(), [])
            if told and set(meant) <= set(rest):
                meanings[phrase] = [*meant, told]
                break


def _single(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _slots(folder: str) -> list[str]:
    files = resources.files(__package__).joinpath(folder).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def _rows(folder: str, slot: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(folder, f"{slot}.toml").read_text("utf-8"))


def records(slot: str, rows: dict[str, Any], record: type[Record]) -> dict[str, Record]:
    """Return the records of a slot. Raises msgspec.ValidationError, which names the one that lacks a fact."""
    found: dict[str, Record] = {}
    for name, row in rows.items():
        try:
            found[name] = msgspec.convert(row, record)
        except msgspec.ValidationError as error:
            raise msgspec.ValidationError(f"the {slot} {name}: {error}") from None
    return found


def _words(row: Any) -> list[str]:
    return msgspec.convert(row["words"] if isinstance(row, dict) else row, list[str])


def _end(text: str, at: int, phrase: str) -> int:
    """Return where the word at `at` ends, with what is joined to it; 0 when it is only a part of a longer word."""
    end = at + len(phrase)
    if not _latin(phrase[-1]):
        return next((end + len(particle) for particle in _PARTICLES if text.startswith(particle, end)), end)
    for plural in ("es", "s", ""):
        stop = end + len(plural)
        if text.startswith(plural, end) and not (stop < len(text) and _latin(text[stop])):
            return stop
    return 0


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
