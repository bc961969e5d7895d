"""What is known of each kind of subject, each place and each style: one record each, read from `words/`.

A record that lacks a fact, or has an unknown one, is refused when the words are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

Sort = Literal["person", "robot", "animal", "vehicle", "building", "plant", "instrument", "furniture", "food", "thing"]
Stands = Literal["table", "floor", "land", "ground", "road", "surface", "air"]

Floor = Literal["boards", "tiles", "seamless"]

Trait = Literal[
    "indoors", "airless", "watery", "paved", "crowded", "misty", "hiked", "own_element", "open_sea", "submerged",
    "seasonless", "snowbound", "staffed", "platform", "roofs", "perches", "launches", "starry", "way", "part",
    "wheeled", "doorstep", "boating", "aloft", "snowless", "snowcapped",
]  # fmt: skip


class SubjectKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of subject: what sort of thing it is, where it is at home, when it is seen, what it sounds like."""

    sort: Sort
    words: tuple[str, ...]
    place: str = ""
    homes: dict[str, str] = {}
    """The places of those that are at home elsewhere than their kind, by their words: a polar bear."""

    time: str = ""
    sound: str = ""
    afloat: bool = False
    """It needs water under it."""

    on_foot: str = ""
    """The kind that is drawn instead where there is no water: a duck on the grass."""

    still: bool = False
    """It does nothing, so that verbs are of others, and several of it are drawn as one."""

    many: int = 1
    """How many are seen where no number is said."""

    rideable: bool = False
    """Somebody can sit on its back."""

    crew: str = ""
    """The action of a figure that is drawn in it or on it; empty for a thing that is drawn alone."""

    empty: bool = False
    """It is drawn without anybody in it unless the prompt names someone."""

    inside: str = ""
    """The place that people are in who are inside it: of a bus full of people its inside is shown."""

    family: str = ""
    """The family of a noun that has no drawing of its own: it is cut from a glyph, or a card with its name."""

    glyph: str = ""
    colour: str = ""
    """The colour of its own, six hexadecimal digits."""

    stands: Stands | Literal[""] = ""

    backdrop: bool = False
    """It is drawn only where the text names nothing else: a wall, a cloud."""

    @property
    def person(self) -> bool:
        """Tell whether it is a person who wears clothes and is at work."""
        return self.sort == "person"

    @property
    def acts(self) -> bool:
        """Tell whether it moves as people do, on two legs."""
        return self.sort in ("person", "robot")

    @property
    def alive(self) -> bool:
        """Tell whether a pronoun can stand for it."""
        return self.sort in ("person", "robot", "animal")


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place: what paints it (`module.function`), what is heard there, what it is like, what people do there.

    `above` names its painter as it is seen from above, a function of the folder `above`; empty: it looks the same
    from everywhere, as the sky, the depths and a cave do. `floor` is what a room's floor is laid with, `floor_colour`
    its own colour; `full_of` the kind of subject that it shows so many of that one more is not drawn for itself.

    Traits: indoors; airless (no weather, as in a cave); watery (boats float); paved (people sit on a bench, not on a
    log); crowded (a crowd that is heard passes by); misty (its painter lays its own mist); hiked (one climbs on foot);
    own_element (a subject at home there does not leave it only because the shot before was somewhere else);
    open_sea (people there swim, or fish from what floats); submerged (people there dive, and nothing leaps out);
    seasonless (no season changes its ground); snowbound (its trees are bare); staffed (it has people of its own, so
    fewer pass by); platform (nobody passes by where a train stands); roofs (from above, people are seen over roofs);
    perches (birds sit on branches, though it is paved); launches (rockets take off there); starry (airless, but lights
    in its sky are seen); way (where nobody is named, a way that is named first is what is shown, and what it leads
    through is behind it); part (it may be a part of another place: a road of the forest is the forest); wheeled (what
    is at home there drives); doorstep (one is there when outside a room); boating (boats are there where no water is
    named); aloft (nobody is in it unless they are said to be); snowless and snowcapped (where it snows, the second is
    shown before the first).

    Records name other places too. `spans` are those that it crosses: named before one of them it is what is shown.
    `unites` has groups: where one of each is named, all of them together are this place. `along` are places beside
    which it leads, the first of them being what is seen. Of what is submerged, `afloat` is where boats are, and
    `ashore` where people are who do not swim.

    `fittings` are those of its words that name a thing in it: beside a sofa is inside the room. `through` are those
    that name a part of whatever other place is named. `seasons` and `weathers` are shown there where no place is
    named. Where nothing decides, the seed draws among the places with a `lot`, in that order; where there are people,
    among those with a `peopled_lot`.
    """

    painter: str
    above: str
    floor: Floor = "boards"
    floor_colour: str = ""
    full_of: str = ""
    spans: tuple[str, ...] = ()
    unites: tuple[tuple[str, ...], ...] = ()
    along: tuple[str, ...] = ()
    afloat: str = ""
    ashore: str = ""
    fittings: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    seasons: tuple[str, ...] = ()
    weathers: tuple[str, ...] = ()
    lot: int = 0
    peopled_lot: int = 0
    ambience: str
    traits: frozenset[Trait]
    done: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def indoors(self) -> bool:
        """Tell whether it is a room."""
        return "indoors" in self.traits

    @property
    def airless(self) -> bool:
        """Tell whether no weather reaches it."""
        return not self.traits.isdisjoint({"indoors", "airless"})

    @property
    def watery(self) -> bool:
        """Tell whether boats float there."""
        return "watery" in self.traits

    @property
    def groundless(self) -> bool:
        """Tell whether it has no ground that could be seen from above."""
        return not self.above

    @property
    def submerged(self) -> bool:
        """Tell whether it is under water."""
        return "submerged" in self.traits

    @property
    def paved(self) -> bool:
        """Tell whether its ground is made by people."""
        return "paved" in self.traits

    @property
    def others(self) -> set[str]:
        """Return the places that its record names."""
        named = {*self.spans, *self.along, *(one for group in self.unites for one in group), self.afloat, self.ashore}
        return named - {""}


class StyleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place and time that a style implies if the prompt names none."""

    words: tuple[str, ...]
    place: str = ""
    time: str = ""
    overall: bool = False
    """One part of the prompt asks for all of it; neon or warmth may be of one place alone."""


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a noun by its family: its sort, its home, what it stands on, its height, its colour."""

    sort: Sort
    place: str
    stands: Stands
    metres: float
    colour: str

    def kind(self, family: str, words: tuple[str, ...] = ()) -> SubjectKind:
        """Return the record of a noun of this family without a record of its own."""
        still = self.stands in ("table", "floor", "land")
        return SubjectKind(
            sort=self.sort, words=words, place=self.place, family=family, colour=self.colour, still=still,
            sound="engine" if self.stands == "road" else "", afloat=self.stands == "surface", stands=self.stands,
        )  # fmt: skip


class Noun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A noun that is drawn from a glyph or as a card: its family, and where it differs from it."""

    family: str
    words: tuple[str, ...]
    glyph: str = ""
    colour: str = ""
    place: str = ""
    stands: Stands | Literal[""] = ""
    backdrop: bool = False

    def kind(self, family: Family) -> SubjectKind:
        """Return the record of its kind."""
        usual = family.kind(self.family, self.words)
        return msgspec.structs.replace(
            usual, glyph=self.glyph, colour=self.colour or usual.colour, place=self.place or usual.place,
            backdrop=self.backdrop, stands=self.stands or usual.stands,
        )  # fmt: skip


def check_places(
    places: Mapping[str, Place], others: Iterable[tuple[str, SubjectKind | Noun | Family | StyleWords]]
) -> None:
    """Raise LookupError unless the places that records name have records, and facts of one place are of one place."""
    named = [(name, other) for name, place in places.items() for other in place.others]
    named += [(name, record.place) for name, record in others if record.place]
    named += [
        (name, home) for name, record in others if isinstance(record, SubjectKind) for home in record.homes.values()
    ]
    named += [(name, record.inside) for name, record in others if isinstance(record, SubjectKind) and record.inside]
    for name, other in named:
        if other not in places:
            raise LookupError(f"the record of {name} names the place {other}, which has no record")
    for name, place in places.items():
        if place.submerged != bool(place.afloat) or place.submerged != bool(place.ashore):
            raise LookupError(f"the record of {name} needs afloat and ashore if it is submerged, and only then")
        if strange := sorted((place.fittings | place.through) - set(place.words)):
            raise LookupError(f"the record of {name} says of {strange} what they are, but not that they are its words")
    _once("done", (deed for place in places.values() for deed in place.done))
    _once("seasons", (season for place in places.values() for season in place.seasons))
    _once("weathers", (weather for place in places.values() for weather in place.weathers))
    _once("lot", (str(place.lot) for place in places.values() if place.lot))
    _once("peopled_lot", (str(place.peopled_lot) for place in places.values() if place.peopled_lot))
    for trait in ("doorstep", "boating"):
        found = [name for name, place in places.items() if trait in place.traits]
        if len(found) != 1:
            raise LookupError(f"one place is to be {trait}, not {found}")


def _once(fact: str, values: Iterable[str]) -> None:
    many = sorted(value for value, count in Counter(values).items() if count > 1)
    if many:
        raise LookupError(f"several places have {many} as {fact}; one place can")
