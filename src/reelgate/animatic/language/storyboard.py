"""The picture and sound that a prompt asks for, as plain data: understood here, drawn by `stage`, sounded by
`sound`."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from reelgate.animatic.language.binding import Subject, subjects_of
from reelgate.animatic.language.garments import unworn
from reelgate.animatic.language.headings import headed
from reelgate.animatic.language.lexicon import UNSEEN, Term, lexicon, normalise
from reelgate.animatic.language.markup import described
from reelgate.animatic.language.names import named, proper, spoken_of
from reelgate.animatic.language.nearness import said_of
from reelgate.animatic.language.noun_phrases import foremost, seen, told_places
from reelgate.animatic.language.relations import Relation, related, relations_in
from reelgate.animatic.language.setting import ShotSetting, facts_of

TIMES = ("dawn", "day", "day", "dusk")
MOVES = ("push", "pan_right", "truck", "pull", "pan_left")
_AHEAD = 16  # characters from a pronoun to whom it stands for, where they are named after it

_COMPARED = frozenset({"subject", "place", "time", "weather", "season", "spectacle", "colour", "count", "sound"})
"""Slots of what is only compared with: "as fast as a horse"; "like an oil painting" does ask for one."""

_NOT_MEANT = {
    "man": frozenset({"woman", "girl", "grandmother", "princess"}), "woman": frozenset({"man", "boy", "king"}),
}  # fmt: skip
"""Whom a pronoun can't stand for."""

_KEPT_OUT = frozenset({"subject", "place", "weather", "spectacle"})
"""Slots whose unwanted values a place must not paint by itself."""


class CameraMove(msgspec.Struct, frozen=True):
    """How the camera moves; `speed` 1 is an unhurried move over the whole clip."""

    move: str
    speed: float = 1.0


class Storyboard(msgspec.Struct, frozen=True):
    """A prompt as understood: JSON-able, equal for equal prompts, seeds and lengths.

    `place` holds the stage and `behind` are further places seen in the distance. `layout` seeds what the words
    leave open. `understood` lists the phrases that were read; where it is empty the picture is the seed's choice.
    `removed` lists phrases that were named and not wanted, `without` everything that is to be kept out of the picture.
    `view` is "above" where the place is seen from the air or from overhead, empty at eye level.
    `nearest` lists what can't be drawn as it was named, each with what is drawn instead: "pixel art: cartoon".
    """

    place: str
    time: str
    camera: CameraMove
    seconds: float
    layout: tuple[int, int]
    subjects: tuple[Subject, ...] = ()
    relations: tuple[Relation, ...] = ()
    behind: tuple[str, ...] = ()
    weather: str = "clear"
    season: str = "summer"
    styles: tuple[str, ...] = ()
    spectacles: tuple[str, ...] = ()
    framing: str = "medium"
    view: str = ""
    sounds: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator for one purpose; drawing from it shifts no other."""
        return np.random.default_rng([*self.layout, zlib.crc32(purpose.encode())])


class Reading(msgspec.Struct, frozen=True):
    """The terms of a prompt in reading order, without what its negative prompt names."""

    terms: tuple[Term, ...]
    unwanted: frozenset[tuple[str, str]]
    removed: tuple[str, ...]


def read(prompt: str, negative_prompt: str) -> Reading:
    """Find the terms of a prompt, without what is only spoken of or compared with."""
    text = described(normalise(prompt))
    found = proper(prompt, text, lexicon().find(text))
    found = _resolved(told_places(seen(found, text), text))
    found = sorted([*found, *named(prompt, text, found)], key=lambda term: term.at)
    found = headed(unworn(found, text), text)
    found = sorted([*found, *spoken_of(text, found)], key=lambda term: term.at)
    found = sorted([*found, *related(found, text)], key=lambda term: term.at)
    compared = said_of(found, "simile")
    found = [term for term in found if term not in compared or term.slot not in _COMPARED]
    barred = [term for term in lexicon().find(negative_prompt) if term.slot not in UNSEEN | {"count"}]
    denied = set(_negated(found, text))
    nobody = [("subject", "person") for term in found if (term.slot, term.value) == ("negation", "nobody")]
    told = [(term.slot, term.value) for term in [*barred, *denied] if term.slot not in _OF_SOMEBODY]
    unwanted = frozenset([*told, *nobody])
    gone = {term for term in found if _unsaid(term, unwanted, denied)}
    bare = [msgspec.structs.replace(t, slot="clothes", value=off) for t in denied if (off := _TAKEN_OFF.get(t.value))]
    return Reading(
        terms=tuple(sorted([*(term for term in found if term not in gone), *bare], key=lambda term: term.at)),
        unwanted=unwanted,
        removed=tuple(sorted({term.phrase for term in gone})),
    )


def _unsaid(term: Term, unwanted: frozenset[tuple[str, str]], denied: set[Term]) -> bool:
    return (term.slot, term.value) in unwanted or (term.slot in _OF_SOMEBODY and term in denied)


_OF_SOMEBODY = frozenset({"action", "clothes", "time"})
"""Slots of what one may be without and another with: "a man does not run, a dog runs", "a boy without a hat", and in
which a night without a moon is a night."""

_TAKEN_OFF = {"hat": "bareheaded", "helmet": "bareheaded", "shoes": "barefoot"}
"""How somebody is who is said to wear no such thing, as their kind otherwise does: a policeman his cap."""

_ELSEWHERE = re.compile(r"\S的|\b(?:in|on|at|inside|under|behind|near|around)\b")
"""Between a "no" and a word that it does not deny, since it denies one that is not known: 没有家具的房间."""


def _negated(terms: Sequence[Term], text: str) -> list[Term]:
    """Return what is said not to be there: "no cars or people", 没有人. A verb that is denied is not its object: who
    "does not see the cat" is with a cat."""
    started = False
    told: list[Term] = []
    for number, term in enumerate(terms):
        started = (started or term.slot in ("subject", "pronoun")) and term.value != "sentence"
        of_verb = started and (term.slot, term.value) == ("negation", "verb")
        after = next((t for t in terms[number:] if t.at >= term.end), None) if term.slot == "negation" else None
        if after and (term.value == "nobody" or (of_verb and after.slot != "action")):
            continue
        if after and (_ELSEWHERE.search(text, term.end, after.at) or text[term.end - 1] == "的"):
            continue
        told.append(term)
    denied = said_of(told, "negation")
    passed = {other.at for one, other in pairwise(denied) if _goes_on(one, other, text)}
    unsaid = (UNSEEN - _OF_SOMEBODY) | {"count", "colour", "pace"}
    return [term for term in denied if term.slot not in unsaid and term.at not in passed]


def _goes_on(one: Term, other: Term, text: str) -> bool:
    """Tell whether the second of two adjacent words is not part of a list: "not smiling looks", 没有月亮的夜晚."""
    if text[one.end - 1] == "的":
        return other.at == one.end
    return one.slot == other.slot == "action" and other.at - one.end == 1


def _resolved(terms: Sequence[Term]) -> list[Term]:
    """Return the terms with a subject for each pronoun without a possible earlier subject."""
    kinds = lexicon().kinds
    found: list[Term] = []
    alive: set[str] = set()
    for term in terms:
        barred = _NOT_MEANT.get(term.value, frozenset())
        somebody = term.slot == "pronoun" and not alive - barred and not _soon(term, terms, barred)
        found.append(msgspec.structs.replace(term, slot="subject") if somebody else term)
        if term.slot == "subject" or somebody:
            alive |= {term.value} if kinds[term.value].alive else set()
    return found


def _soon(pronoun: Term, terms: Sequence[Term], barred: frozenset[str]) -> bool:
    """Tell whether who a pronoun stands for is named right after it: "in her garden, the queen"."""
    kinds = lexicon().kinds
    after = [t for t in terms if t.slot == "subject" and 0 < t.at - pronoun.end <= _AHEAD and kinds[t.value].alive]
    return bool(after) and after[0].value not in barred and kinds[after[0].value].acts


def understand(prompt: str, negative_prompt: str, seed: int, seconds: float) -> Storyboard:
    """Read a prompt as one shot. Never fails: what no word decides is chosen by the seed and the prompt's checksum."""
    return board_of(read(prompt, negative_prompt), layout_of(prompt, seed), seconds)


def layout_of(prompt: str, seed: int) -> tuple[int, int]:
    """Return what seeds a prompt's pictures."""
    return seed & 0xFFFFFFFF, zlib.crc32(prompt.encode())


def board_of(reading: Reading, layout: tuple[int, int], seconds: float) -> Storyboard:
    """Return the storyboard of one shot's terms."""
    terms, unwanted = foremost(reading.terms), reading.unwanted
    subjects = tuple(who for who in subjects_of(terms) if ("subject", who.kind) not in unwanted)
    relations = relations_in(terms, [who.kind for who in subjects])
    subjects = tuple(_sided(_with_hands(who, relations), relations) for who in subjects)
    reader = _Reader(terms, unwanted, np.random.default_rng(layout))
    places = ShotSetting(terms, unwanted, subjects, relations, reader.choose).places()
    return Storyboard(
        place=places[0],
        behind=places[1:],
        time=reader.time(subjects),
        weather=reader.one("weather", "clear"),
        season=reader.one("season", "summer"),
        styles=reader.all("style"),
        framing=reader.one("framing", "medium"),
        view=reader.one("view", ""),
        spectacles=reader.all("spectacle"),
        camera=reader.camera(),
        subjects=subjects,
        relations=relations,
        sounds=reader.sounds(subjects, places),
        seconds=seconds,
        layout=layout,
        understood=tuple(dict.fromkeys(term.phrase for term in terms if _telling(term))),
        removed=reading.removed,
        without=tuple(sorted({value for slot, value in unwanted if slot in _KEPT_OUT})),
        nearest=tuple(dict.fromkeys(_nearest(term, terms) for term in terms if term.slot == "nearest")),
    )


def _sided(who: Subject, relations: Sequence[Relation]) -> Subject:
    """Return a subject on its side of another one, as the prompt says."""
    sides = {"left_of": ("left", "right"), "right_of": ("right", "left")}
    for one in relations:
        if one.type in sides and who.kind in (one.a, one.b) and not lexicon().kinds[who.kind].family:
            return msgspec.structs.replace(who, side=sides[one.type][one.b == who.kind])
    return who


_SEATS = frozenset({"chair", "throne", "bench", "swing", "wheelchair"})
"""Things on which a figure sits if the prompt puts it on them."""


def _with_hands(who: Subject, relations: Sequence[Relation]) -> Subject:
    """Return a figure with the thing that it holds; on a horse it rides, in a car it drives."""
    kinds = lexicon().kinds
    held = [one.b for one in relations if one.a == who.kind and one.type in ("holding", "giving")]
    held = [kind for kind in held if not kinds[kind].backdrop]
    if who.action == "stand" and kinds[who.kind].alive:
        on = any(one.a == who.kind and one.type == "on" and one.b in _SEATS for one in relations)
        who = msgspec.structs.replace(who, action="sit") if on else who
    if not kinds[who.kind].acts:
        return who
    carried = [kinds[one.b] for one in relations if one.a == who.kind and one.type in ("on", "in", "riding")]
    sits = who.action == "sit" and not any(kind.afloat for kind in carried)
    if (who.action == "stand" or sits) and any(kind.rideable or kind.crew for kind in carried):
        who = msgspec.structs.replace(who, action="ride" if any(kind.rideable for kind in carried) else "drive")
    return msgspec.structs.replace(who, holds=held[0]) if held else who


def _nearest(term: Term, terms: Sequence[Term]) -> str:
    drawn = [other.value for other in terms if other.at == term.at and _telling(other)]
    return f"{term.phrase}: {', '.join(drawn).replace('_', ' ') or 'not drawn'}"


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

    def time(self, subjects: tuple[Subject, ...]) -> str:
        usual = [time for time in facts_of(subjects, lambda kind: kind.time) if ("time", time) not in self._unwanted]
        usual += [time for style in self.all("style") if (time := lexicon().styles[style].time)]
        if self._terms:
            usual.append("day")
        return self.one("time", "") or (usual[0] if usual else self.choose("time", TIMES))

    def camera(self) -> CameraMove:
        moves = self.all("camera")
        pace = {"slow": 0.6, "fast": 1.7}.get(self._pace(), 1.0)
        leading = next((move for move in ("orbit", "aerial") if move in moves), moves[0] if moves else "")
        move = leading or self.choose("camera", MOVES)
        return CameraMove(move=move, speed=pace)

    def _pace(self) -> str:
        """Return the pace nearest to the camera's move in the text."""
        move = next((term.at for term in self._terms if term.slot == "camera"), 0)
        paces = [term for term in self._terms if term.slot == "pace"]
        return min(paces, key=lambda term: abs(term.at - move)).value if paces else ""

    def sounds(self, subjects: tuple[Subject, ...], places: tuple[str, ...]) -> tuple[str, ...]:
        weather = {"rain": ["rain"], "storm": ["rain", "thunder"], "wind": ["wind"], "gale": ["wind"], "snow": ["wind"]}
        heard = [*self.all("sound"), *facts_of(subjects, lambda kind: kind.sound)]
        known = lexicon().places
        outdoors = not known[places[0]].airless
        heard += [sound for word in self.all("weather") for sound in weather.get(word, []) if outdoors]
        heard += [known[place].ambience for place in places]
        unwanted = {value for slot, value in self._unwanted if slot == "sound"}
        return tuple(sound for sound in dict.fromkeys(heard) if sound not in unwanted)
