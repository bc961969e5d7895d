"""What a prompt asks to see and hear, as plain data: understood here, drawn by `stage`, sounded by `sound`."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

import msgspec
import numpy as np

from reelgate.animatic.lexicon import Kind, Term, lexicon
from reelgate.animatic.subjects import Subject, subjects_of

NEGATION_REACH = 12  # characters between "without" and what it is said of
LIST_GAP = 6  # characters between two that are negated together: "no cars or people", 没有汽车和行人

# A subject that fits no place of its own leaves the choice to the seed, among these.
LANDSCAPES = ("grassland", "mountains", "lake", "forest", "flowers", "beach", "desert", "village", "river")
TIMES = ("dawn", "day", "day", "dusk")
MOVES = ("push", "pan_right", "truck", "pull", "pan_left")
ACTIVE = frozenset({"run", "walk", "drive", "fly", "swim"})
WATERY = frozenset({"sea", "beach", "harbour", "lake", "river", "waterfall", "underwater", "watertown", "cliffs"})
INDOORS = frozenset({
    "room", "bedroom", "kitchen", "office", "classroom", "library", "cafe", "corridor", "subway", "cockpit",
    "window", "studio", "concert",
})  # fmt: skip
UNSEEN = frozenset({"nothing", "cut", "distance", "negation", "clothes"})
"""Slots that stand for nothing in the picture."""

_KEPT_OUT = frozenset({"subject", "place", "weather", "spectacle"})
"""Slots whose unwanted values places must not paint of their own accord."""

AIRLESS = INDOORS | {"underwater", "space", "cave"}
"""Places without weather."""

AMBIENCE = {
    "sea": "waves", "beach": "waves", "harbour": "waves", "lake": "stream", "underwater": "bubbles", "room": "room",
    "street": "hum", "city": "hum", "road": "wind", "forest": "birds", "grassland": "birds", "flowers": "birds",
    "bamboo": "wind",
    "mountains": "wind", "desert": "wind", "snowfield": "wind", "sky": "wind", "space": "pad",
    "kitchen": "room", "office": "room", "classroom": "room", "library": "room", "village": "birds", "farm": "birds",
    "market": "crowd", "stadium": "crowd", "railway": "wind", "spaceport": "hum", "river": "stream",
    "waterfall": "stream", "courtyard": "birds", "palace": "wind", "watertown": "stream", "greatwall": "wind",
    "bedroom": "room",
    "cafe": "crowd", "corridor": "room", "subway": "hum", "cockpit": "hum", "window": "room", "studio": "room",
    "concert": "crowd", "pitch": "crowd", "airport": "hum", "oldtown": "birds",
    "cave": "bubbles", "volcano": "fire", "terraces": "birds", "cliffs": "waves",
}  # fmt: skip


class CameraMove(msgspec.Struct, frozen=True):
    """How the camera moves; `speed` 1 is an unhurried move over the whole clip."""

    move: str
    speed: float = 1.0


class Storyboard(msgspec.Struct, frozen=True):
    """A prompt as understood: JSON-able, equal for equal prompts, seeds and lengths.

    `place` holds the stage and `behind` are further places seen in the distance. `layout` seeds what the words
    leave open. `understood` lists the phrases that were read; where it is empty the picture is the seed's choice.
    `removed` lists phrases that were named and not wanted, `without` everything that is to be kept out of the picture.
    """

    place: str
    time: str
    camera: CameraMove
    seconds: float
    layout: tuple[int, int]
    subjects: tuple[Subject, ...] = ()
    behind: tuple[str, ...] = ()
    weather: str = "clear"
    season: str = "summer"
    styles: tuple[str, ...] = ()
    spectacles: tuple[str, ...] = ()
    framing: str = "medium"
    sounds: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator for one purpose; drawing from it shifts no other."""
        return np.random.default_rng([*self.layout, zlib.crc32(purpose.encode())])


class Reading(msgspec.Struct, frozen=True):
    """The terms of a prompt in reading order, without what its negative prompt names."""

    terms: tuple[Term, ...]
    unwanted: frozenset[tuple[str, str]]
    removed: tuple[str, ...]


def read(prompt: str, negative_prompt: str) -> Reading:
    """Find the terms of a prompt."""
    found = lexicon().find(prompt)
    unwanted = frozenset((term.slot, term.value) for term in [*lexicon().find(negative_prompt), *_negated(found)])
    unwanted -= {("count", "1"), ("negation", "next")}
    return Reading(
        terms=tuple(term for term in found if (term.slot, term.value) not in unwanted),
        unwanted=unwanted,
        removed=tuple(sorted({term.phrase for term in found if (term.slot, term.value) in unwanted})),
    )


def _negated(terms: Sequence[Term]) -> list[Term]:
    """Return the terms that come right after a negation: "no cars or people" negates the cars, 没有人 the people."""
    negated: list[Term] = []
    places: set[int] = set()
    phrases = [tuple(found) for _, found in groupby(terms, key=lambda term: term.at)]
    for before, after in pairwise(phrases):
        gap = after[0].at - before[0].at - len(before[0].phrase)
        told = before[0].slot == "negation" and gap <= NEGATION_REACH
        listed = before[0].at in places and before[0].slot == after[0].slot and gap <= LIST_GAP
        if told or listed:
            negated += [term for term in after if term.slot != "negation"]
            places.add(after[0].at)
    return negated


def understand(prompt: str, negative_prompt: str, seed: int, seconds: float) -> Storyboard:
    """Read a prompt as one shot. Never fails: what no word decides is chosen by the seed and the prompt's checksum."""
    return board_of(read(prompt, negative_prompt), layout_of(prompt, seed), seconds)


def layout_of(prompt: str, seed: int) -> tuple[int, int]:
    """Return what seeds a prompt's pictures."""
    return seed & 0xFFFFFFFF, zlib.crc32(prompt.encode())


def board_of(reading: Reading, layout: tuple[int, int], seconds: float) -> Storyboard:
    """Return the storyboard of one shot's terms."""
    terms, unwanted = reading.terms, reading.unwanted
    reader = _Reader(terms, unwanted, np.random.default_rng(layout))
    subjects = subjects_of(terms)
    places = reader.places(subjects)
    return Storyboard(
        place=places[0],
        behind=places[1:],
        time=reader.time(subjects),
        weather=reader.one("weather", "clear"),
        season=reader.one("season", "summer"),
        styles=reader.all("style"),
        framing=reader.one("framing", "medium"),
        spectacles=reader.all("spectacle"),
        camera=reader.camera(),
        subjects=subjects,
        sounds=reader.sounds(subjects, places),
        seconds=seconds,
        layout=layout,
        understood=tuple(dict.fromkeys(term.phrase for term in terms if _telling(term))),
        removed=reading.removed,
        without=tuple(sorted({value for slot, value in unwanted if slot in _KEPT_OUT})),
    )


def _telling(term: Term) -> bool:
    return term.slot not in UNSEEN and (term.slot, term.value) != ("count", "1")


class _Reader:
    """The terms of one prompt, asked slot by slot."""

    def __init__(self, terms: Sequence[Term], unwanted: frozenset[tuple[str, str]], rng: np.random.Generator) -> None:
        self._terms = terms
        self._unwanted = unwanted
        self._rng = rng

    def all(self, slot: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.value for term in self._terms if term.slot == slot))

    def one(self, slot: str, default: str) -> str:
        return next(iter(self.all(slot)), default)

    def choose(self, slot: str, values: tuple[str, ...]) -> str:
        allowed = [value for value in values if (slot, value) not in self._unwanted]
        return str(self._rng.choice(allowed or values))

    def places(self, subjects: tuple[Subject, ...]) -> tuple[str, ...]:
        ranks = lexicon().values["place"]
        homes = [home for home in _facts(subjects, lambda kind: kind.place) if ("place", home) not in self._unwanted]
        named = sorted(self.all("place"), key=lambda place: (place not in homes[:1], ranks.index(place)))
        if "harbour" not in named and "city" in named and {"sea", "beach"} & set(named):
            named = ["harbour", *(p for p in named if p not in ("city", "sea", "beach"))]
        if any(lexicon().kinds[subject.kind].afloat for subject in subjects) and named and not WATERY & set(named):
            named = ["lake", *named]
        if named and named != ["sky"]:
            return tuple(named)
        season = self._season_place()
        return (*dict.fromkeys([*homes[:1], *named, *season][:1]),) or (self.choose("place", LANDSCAPES),)

    def _season_place(self) -> list[str]:
        homes = {"autumn": "forest", "winter": "snowfield", "spring": "flowers"}
        weathers = {"snow": "snowfield"}
        styles = {"neon": "street", "future": "city"}
        return [
            table[word]
            for slot, table in (("style", styles), ("season", homes), ("weather", weathers))
            for word in self.all(slot)
            if word in table
        ]

    def time(self, subjects: tuple[Subject, ...]) -> str:
        usual = [time for time in _facts(subjects, lambda kind: kind.time) if ("time", time) not in self._unwanted]
        if "neon" in self.all("style"):
            usual.append("night")
        if self._terms:
            usual.append("day")
        return self.one("time", "") or (usual[0] if usual else self.choose("time", TIMES))

    def camera(self) -> CameraMove:
        pace = {"slow": 0.6, "fast": 1.7}.get(self.one("pace", ""), 1.0)
        moves = self.all("camera")
        move = "aerial" if "aerial" in moves else moves[0] if moves else self.choose("camera", MOVES)
        return CameraMove(move=move, speed=pace)

    def sounds(self, subjects: tuple[Subject, ...], places: tuple[str, ...]) -> tuple[str, ...]:
        weather = {"rain": ["rain"], "storm": ["rain", "thunder"], "wind": ["wind"], "gale": ["wind"], "snow": ["wind"]}
        heard = [*self.all("sound"), *_facts(subjects, lambda kind: kind.sound)]
        outdoors = places[0] not in AIRLESS
        heard += [sound for word in self.all("weather") for sound in weather.get(word, []) if outdoors]
        heard += [AMBIENCE[place] for place in places if place in AMBIENCE]
        unwanted = {value for slot, value in self._unwanted if slot == "sound"}
        return tuple(sound for sound in dict.fromkeys(heard) if sound not in unwanted)


def _facts(subjects: tuple[Subject, ...], fact: Callable[[Kind], str]) -> list[str]:
    kinds = lexicon().kinds
    return [value for subject in subjects if (value := fact(kinds[subject.kind]))]
