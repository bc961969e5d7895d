"""Where a shot is set: the places that it names, what they are together, and what is usual where it names none.

What is known of a place is in its record: no place is named here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import UNSEEN, Term, lexicon
from reelgate.animatic.language.nearness import said_of
from reelgate.animatic.language.records import SubjectKind
from reelgate.animatic.language.relations import Relation

_OPENING = frozenset({"count", "view", "camera", "colour"})
"""Slots of words that may come before the place with which a text opens."""


class ShotSetting(NamedTuple):
    """What decides where a shot is set. `choose` picks one of a slot's values where nothing else decides."""

    terms: Sequence[Term]
    unwanted: frozenset[tuple[str, str]]
    subjects: Sequence[Subject]
    relations: Sequence[Relation]
    choose: Callable[[str, tuple[str, ...]], str]

    def places(self) -> tuple[str, ...]:
        """Return the place that holds the stage, then those that are seen behind it."""
        kinds, known = lexicon().kinds, lexicon().places
        afloat = [who for who in self.subjects if kinds[who.kind].afloat]
        waders = [who for who in afloat if kinds[who.kind].on_foot and who.action != "swim"]
        homes = self._homes(afloat)
        named = self._bridged(self._snowed(self._named(homes[:1])))
        named = _along(_united(named), afloat=bool(afloat))
        floats = any(kinds[who.kind].sort != "plant" for who in afloat if who not in waders)
        if floats and named and not any(known[place].watery for place in named):
            named = [lexicon().place_with("boating"), *named]
        aloft = bool(self.all("aloft")) or any(who.action == "fly" for who in self.subjects)
        if named and (aloft or len(named) > 1 or "aloft" not in known[named[0]].traits):
            return tuple(named)
        homes += facts_of(self.subjects, lambda kind: kind.place if kind.family else "")
        usual = [*homes[:1], *named, *self._usual()]
        return tuple(usual[:1]) or (self.choose("place", _drawn(peopled=self._peopled())),)

    def all(self, slot: str) -> tuple[str, ...]:
        """Return the values of a slot, in reading order."""
        return tuple(dict.fromkeys(term.value for term in self.terms if term.slot == slot))

    def _peopled(self) -> bool:
        return any(lexicon().kinds[who.kind].acts for who in self.subjects)

    def _homes(self, afloat: Sequence[Subject]) -> list[str]:
        """Return where such things are done, and where who is named is at home."""
        kinds, known, deeds = lexicon().kinds, lexicon().places, _deeds()
        done = [deeds[who.action] for who in self.subjects if who.action in deeds and kinds[who.kind].acts]
        if any(kinds[who.kind].sort == "vehicle" for who in self.subjects):
            done = [place for place in done if place != deeds.get("drive")]
        if any(who.action in ("ride", "drive") for who in self.subjects):
            done = [place for place in done if not known[place].indoors]  # who teaches somebody to ride is outside too
        kept = {
            one.a
            for one in self.relations
            if kinds[one.b].family and _inside(one.b) and one.type not in ("holding", "from")
        }
        drawn = [who for who in self.subjects if not kinds[who.kind].family and who.kind not in kept]
        homes = [*done, *facts_of([*afloat, *drawn], self._home)]
        deep = next((home for home in homes if known[home].submerged), "")
        if afloat and deep:
            homes = [known[deep].afloat, *homes]  # a whale beside a boat
        dry = any(kinds[who.kind].acts and who.action != "swim" for who in self.subjects)
        if dry and homes and known[homes[0]].submerged:
            homes = [known[homes[0]].ashore, *homes]  # who feeds fish is no fish
        return [home for home in homes if ("place", home) not in self.unwanted]

    def _home(self, kind: SubjectKind) -> str:
        """Return where a kind is at home, or those of it that are named."""
        own = [kind.homes[term.phrase] for term in self.terms if term.slot == "subject" and term.phrase in kind.homes]
        return own[0] if own else kind.place

    def _named(self, home: Sequence[str]) -> list[str]:
        """Return the named places, the stage's first: a place that the prompt puts far away can't be the stage."""
        ranks, far = lexicon().values["place"], _distant(self.terms)
        staged = set(self.all("stage"))
        only = staged if len(staged) == 1 else set()  # of several the order decides
        first = next(iter(self.all("place")), "")
        said = [term.value for term in self.terms if term.slot not in UNSEEN | _OPENING]
        opens = said[:1] == [first]
        way = bool(first) and "way" in lexicon().places[first].traits
        if way and (opens or not staged) and not self.all("subject"):
            only = {first}  # a way is what is shown, and what it leads through is behind it
        return sorted(
            self.all("place"),
            key=lambda place: (place in far, place not in home, place not in only, ranks.index(place)),
        )

    def _snowed(self, named: list[str]) -> list[str]:
        """Return the places with one where snow stays before one where it does not."""
        known = lexicon().places
        if self.all("weather")[:1] != ("snow",) or not named or "snowless" not in known[named[0]].traits:
            return named
        return sorted(named, key=lambda place: "snowcapped" not in known[place].traits)

    def _bridged(self, named: list[str]) -> list[str]:
        """Return the places with what crosses the stage before it, where it is named before it and is not far away."""
        known = lexicon().places
        for place in [place for place in named if named[0] in known[place].spans]:
            first = next(one for one in self.all("place") if one in (place, named[0]))
            if first == place and place not in _distant(self.terms):
                return [place, *(other for other in named if other != place)]
        return named

    def _usual(self) -> list[str]:
        """Return where the styles, seasons and weathers that are named are usual."""
        styles = {style: facts.place for style, facts in lexicon().styles.items() if facts.place}
        known = lexicon().places.items()
        seasons = {season: place for place, facts in known for season in facts.seasons}
        weathers = {weather: place for place, facts in known for weather in facts.weathers}
        usual = (("style", styles), ("season", seasons), ("weather", weathers))
        return [places[word] for slot, places in usual for word in self.all(slot) if word in places]


def facts_of(subjects: Sequence[Subject], fact: Callable[[SubjectKind], str]) -> list[str]:
    """Return a fact of each subject that has it."""
    kinds = lexicon().kinds
    return [value for subject in subjects if (value := fact(kinds[subject.kind]))]


@functools.cache
def _deeds() -> dict[str, str]:
    """Return where people do what they do, by action."""
    return {deed: place for place, facts in lexicon().places.items() for deed in facts.done}


@functools.cache
def _drawn(*, peopled: bool) -> tuple[str, ...]:
    """Return the places among which the seed draws: people are where people live."""
    known = lexicon().places
    lots = {place: facts.peopled_lot if peopled else facts.lot for place, facts in known.items()}
    return tuple(sorted((place for place in lots if lots[place]), key=lambda place: lots[place]))


def _united(named: list[str]) -> list[str]:
    """Return the places, with one for those that it is the whole of: a city by the sea is a harbour."""
    for place, facts in lexicon().places.items():
        parts = {one for group in facts.unites for one in group}
        if place not in named and parts and all(set(group) & set(named) for group in facts.unites):
            return [place, *(other for other in named if other not in parts)]
    return named


def _along(named: list[str], *, afloat: bool) -> list[str]:
    """Return the places with a way first that leads along one of them, unless something is on the water."""
    known = lexicon().places
    for place in named:
        beside = known[place].along
        if not afloat and set(beside) & set(named):
            return [place, beside[0], *(other for other in named if other != place and other not in beside)]
    return named


def _inside(kind: str) -> bool:
    """Tell whether something is at home in a room."""
    home = lexicon().kinds[kind].place
    return bool(home) and lexicon().places[home].indoors


def _distant(terms: Sequence[Term]) -> set[str]:
    """Return the places that are seen far away: 远处是高山, "mountains in the background"."""
    after = {term.value for term in said_of(terms, "distance") if term.slot == "place"}
    before = [one for one, other in pairwise(terms) if other.slot == "distance" and other.at - one.end <= 1]
    return after | {term.value for term in before if term.slot == "place"}
