"""The place of a subject that is on, in, under, beside or behind another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.relations import Relation
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.staging.placement import Spot
from reelgate.animatic.subjects import FIGURES, TWO_LEGGED
from reelgate.animatic.subjects.table import TOP

_ITEM = 0.42
"""How tall what stands on a table is, in heights of it and the table."""

_SEATS = {"chair": 0.46, "throne": 0.42, "bench": 0.5, "mattress": 0.55, "swing": 0.3, "wheelchair": 0.5,
          "blanket": 0.6, "pillow": 0.75, "carpet": 0.5, "bathtub": 0.45, "cart": 0.7, "branch": 0.6, "tree": 0.52,
          "rock": 0.8, "puddle": 0.4}  # fmt: skip
"""How high one is on it, in its heights; on anything else it is its top."""

_AROUND = 1.15
"""How tall something is at least to whom it holds."""

_FAR = 1.5
"""Beyond this distance a thing is scenery, and no figure is placed by it."""

_MOUNTED = frozenset({"on", "in", "under"})
_SIDE = {"left_of": -1.0, "right_of": 1.0}
_BY = frozenset({"beside", "behind", "before", *_SIDE})


@dataclass(frozen=True, slots=True)
class Anchored:
    """The place of something by another's, and whether the table under it is left out."""

    mark: Spot
    bare: bool = False


def first_the_lower(players: list[Subject], board: Storyboard) -> list[Subject]:
    """Return the players so that each comes after what it is placed by."""
    fed = {one.b: one.a for one in board.relations if _in_its_mouth(one)}
    after = fed | {_upper(one): _lower(one) for one in board.relations if one.type in (*_MOUNTED, *_BY)}
    return sorted(players, key=lambda who: _depth(who.kind, after))


def anchored(board: Storyboard, who: Subject, mark: Spot, placed: dict[str, Spot], width: float) -> Anchored | None:
    """Return the place of a subject that the prompt puts by another, which is placed already."""
    eater = next((one.a for one in board.relations if _in_its_mouth(one) and one.b == who.kind and one.a in placed), "")
    if eater:
        return _before_its_mouth(who, mark, eater, placed[eater])
    told = next((one for one in board.relations if _upper(one) == who.kind and _lower(one) in placed), None)
    if told is None or told.type in ("from", "riding", "giving", "holding") or (told.type in _SIDE and who.side):
        return None
    below, kind = placed[_lower(told)], _lower(told)
    if told.type == "under" and _sheltered(told):
        aside = 0.24 * FIGURES[kind].box[2] * below.size
        x = below.x if FIGURES[kind].spot else below.x + (aside if mark.x > below.x else -aside)
        near = below.z < _FAR and 0.12 * width < x < 0.88 * width
        return Anchored(replace(mark, x=x, z=min(mark.z, below.z - 0.002))) if near else None
    figure = FIGURES[who.kind]
    if told.type in _BY:
        return _by(told, figure.home == "fixed", mark, below)
    at_table = figure.spot == "table"
    foot = below.y - _height(kind) * below.size * _deep(told)
    if at_table:
        return Anchored(Spot(below.x, foot - TOP * mark.size, mark.size, below.z + _nearer(told)), bare=True)
    if who.kind in TWO_LEGGED and kind in _SEATS:
        foot = min(foot + figure.seat * mark.size, below.y + 0.02 * mark.size)
    return Anchored(Spot(below.x, foot, mark.size, below.z + _nearer(told)))


def _in_its_mouth(one: Relation) -> bool:
    """Tell whether an animal has something: it has no hands."""
    return one.type == "holding" and one.a not in TWO_LEGGED


def _before_its_mouth(who: Subject, mark: Spot, eater: str, its: Spot) -> Anchored:
    """Return the place of what an animal eats: on the ground before it, below it in the air."""
    size, aloft = 0.5 * mark.size, FIGURES[eater].home == "air"
    x = its.x + (0.0 if aloft else 0.62 * FIGURES[eater].box[2] * its.size)
    foot = its.y + (0.5 * its.size if aloft else 0.0)
    bare = FIGURES[who.kind].spot == "table"
    return Anchored(Spot(x, foot - (TOP * size if bare else 0.0), size, its.z - 0.003), bare=bare)


def on_the_ground(board: Storyboard, who: Subject, mark: Spot) -> Anchored | None:
    """Return the place of a thing that stands on a table indoors, for scenes without tables: out of doors."""
    place, told = lexicon().places[board.place], any(other.kind == "table" for other in board.subjects)
    above = board.view == "above"
    bare = (lexicon().kinds[who.kind].family or above) and FIGURES[who.kind].spot == "table"
    outside = (not place.indoors and not told) or above
    return (
        Anchored(replace(mark, y=mark.y - TOP * mark.size - 0.02 * mark.size), bare=True) if bare and outside else None
    )


def roomy(board: Storyboard, who: Subject, sizes: dict[str, float]) -> float:
    """Return the height of a thing with a figure in it."""
    inside = [sizes[one.a] for one in board.relations if one.type == "in" and one.b == who.kind and one.a in sizes]
    return max((_AROUND * size for size in inside), default=0.0) if FIGURES[who.kind].home == "fixed" else 0.0


def held_by(board: Storyboard, who: Subject) -> bool:
    """Tell whether a thing is drawn in the hands of a figure."""
    return any(other.holds == who.kind for other in board.subjects)


def bound(board: Storyboard) -> bool:
    """Tell whether the prompt puts a figure by a thing that stays in place, so that the camera must not leave it."""
    homes = {who.kind: FIGURES[who.kind].home for who in board.subjects}
    free = [one for one in board.relations if one.type != "holding" or homes[one.a] != "ground"]
    return any("fixed" in (homes[one.a], homes[one.b]) for one in free)


def seated(board: Storyboard, who: Subject) -> Subject:
    """Return a figure as sitting if the prompt puts it on a seat."""
    on = any(one.a == who.kind and one.type == "on" and one.b in _SAT_ON for one in board.relations)
    sits = on and who.action == "stand" and lexicon().kinds[who.kind].alive
    return _doing(who, "sit") if sits else who


_SAT_ON = frozenset({"chair", "throne", "bench", "swing", "wheelchair", "rock"})


def _doing(who: Subject, action: str) -> Subject:
    return Subject(who.kind, action, who.colour, who.count, who.clothes, who.scale, who.side, who.holds)


def _by(told: Relation, fixed: bool, mark: Spot, other: Spot) -> Anchored:
    """Return a place beside, behind or before another."""
    apart = 0.45 * (FIGURES[told.a].box[2] * mark.size + FIGURES[told.b].box[2] * other.size)
    side = _SIDE.get(told.type, -1.0 if mark.x < other.x and not fixed else 1.0)
    if told.type == "beside" or told.type in _SIDE:
        return Anchored(replace(mark, x=other.x + side * apart))
    z = other.z + (0.01 if told.type == "behind" else -0.01)
    up = -0.05 if told.type == "behind" else 0.03
    return Anchored(replace(mark, x=other.x + 0.4 * side * apart, y=mark.y + up * mark.size, z=z))


def _sheltered(one: Relation) -> bool:
    """Tell whether there is room under the second for the first: a dog under a table, a man under a tree."""
    return lexicon().kinds[one.a].alive or FIGURES[one.a].home != "fixed" or FIGURES[one.b].home in ("air", "surface")


def _stacked(one: Relation) -> bool:
    """Tell whether what is under another carries it."""
    return one.type == "under" and not _sheltered(one)


def _upper(one: Relation) -> str:
    return one.b if _stacked(one) else one.a


def _lower(one: Relation) -> str:
    return one.a if _stacked(one) else one.b


def _deep(one: Relation) -> float:
    """Return the share of the height of a thing below a figure that is under its feet."""
    if one.type != "in":
        return 1.0
    return 0.55 if FIGURES[one.b].spot == "table" else 0.3


def _nearer(one: Relation) -> float:
    return 0.002 if one.type == "in" else -0.002


def _height(kind: str) -> float:
    """Return how high one is on a kind, in its heights."""
    if FIGURES[kind].spot == "table":
        return _ITEM - TOP
    return _SEATS.get(kind, 1.0)


def _depth(kind: str, after: dict[str, str], most: int = 4) -> int:
    """Return how many there are below a kind."""
    return 0 if kind not in after or not most else 1 + _depth(after[kind], after, most - 1)
