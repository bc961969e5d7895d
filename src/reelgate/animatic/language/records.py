"""What is known of each kind of subject, each place and each style: one record each, read from `words/`.

A record that lacks a fact, or has one that nobody knows, is refused when the words are read.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Sort = Literal["person", "robot", "animal", "vehicle", "building", "plant", "instrument", "furniture", "food", "thing"]
Stands = Literal["table", "floor", "land", "ground", "road", "surface", "air"]

Floor = Literal["boards", "tiles", "seamless"]

Trait = Literal[
    "indoors", "airless", "watery", "paved", "crowded", "misty", "hiked", "own_element", "open_sea", "submerged",
    "seasonless", "snowbound", "staffed", "platform", "roofs", "perches", "launches", "starry",
]  # fmt: skip


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of subject: what sort of thing it is, where it is at home, when it is seen, what it sounds like."""

    sort: Sort
    words: tuple[str, ...]
    place: str = ""
    time: str = ""
    sound: str = ""
    afloat: bool = False
    """It needs water under it."""

    still: bool = False
    """It does nothing, so that verbs are of others, and several of it are drawn as one."""

    many: int = 1
    """How many are seen where no number is said."""

    rideable: bool = False
    """Somebody can sit on its back."""

    crew: str = ""
    """What somebody does who is drawn in it or on it; empty for what is drawn alone."""

    empty: bool = False
    """It is drawn without anybody in it unless the prompt names someone."""

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
        """Tell whether it is somebody who wears clothes and is at work."""
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
    in its sky are seen).
    """

    painter: str
    above: str
    floor: Floor = "boards"
    floor_colour: str = ""
    full_of: str = ""
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


class StyleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a style says beside how it looks: where and when it is set if nothing else is told."""

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

    def kind(self, family: str, words: tuple[str, ...] = ()) -> Kind:
        """Return the record of a noun of this family of which nothing else is known."""
        still = self.stands in ("table", "floor", "land")
        return Kind(
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

    def kind(self, family: Family) -> Kind:
        """Return the record of its kind."""
        usual = family.kind(self.family, self.words)
        return msgspec.structs.replace(
            usual, glyph=self.glyph, colour=self.colour or usual.colour, place=self.place or usual.place,
            backdrop=self.backdrop, stands=self.stands or usual.stands,
        )  # fmt: skip
