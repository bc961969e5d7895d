"""Where subjects stand: their spots on the stage, on seats, at the piano and in the saddle, and how tall they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.records import Place
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.subjects import FIGURES, PEOPLE, Figure
from reelgate.animatic.subjects.motion import MOTIONS
from reelgate.animatic.subjects.piano import KEYS
from reelgate.animatic.subjects.skeleton import WATERLINE

_ON_GROUND = frozenset({"ground", "road"})

_CLOSER = 1.2
"""How much nearer a player and the piano are than people in a room usually."""

_BUILT = 0.7
"""How large a building is from above to one that is seen from the ground."""

_FROM_ABOVE, _OVER_ROOFS, _FROM_OVERHEAD, _LAID = 0.5, 0.3, 0.85, 1.5
"""How large who is seen from above is to who is not: out of doors, in town, in a room, on a table."""

_AT_LEAST = 0.36
"""The share of what a figure may paint that half of it takes up, its tail and its reach left out."""

_CLOSE = 0.38
"""How tall one alone is at least, in a close-up."""

_NEARNESS = 0.6
"""By which power of their true heights subjects differ when they are together: a true cat would be a dot."""


_GROWN = {"giant": 2.0, "large": 1.3, "small": 0.62}
"""The factor of the height by the prompt's word for the size."""

_GROWN_AMONG = {"": 1.0, "giant": 1.5, "large": 1.2, "small": 0.6}
"""The same for one of several of a kind that are not of one size."""

_LARGEST = 0.7  # of the frame's height, for what is told to be large or a giant

_SIDES = {"left": 0.0, "right": 0.44}
"""Where the part of the frame begins for a figure that the prompt puts on a side; the part is 0.56 of the frame
wide."""


_STANDS = {"left": 0.25, "right": 0.74}
"""The place of a thing that does not move about and that the prompt puts on a side."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a subject stands: its foot in pixels, its height in pixels, its distance."""

    x: float
    y: float
    size: float
    z: float


def _place(board: Storyboard) -> Place:
    return lexicon().places[board.place]


def _built(kind: str) -> bool:
    return lexicon().kinds[kind].sort == "building"


def _shrunk(b: Backdrop) -> float:
    if not b.above:
        return 1.0
    if laid_flat(b.board):
        return _LAID if len(b.board.subjects) < 3 else 1.0
    if "roofs" in _place(b.board).traits:
        return _OVER_ROOFS
    return _FROM_OVERHEAD if _place(b.board).indoors else _FROM_ABOVE


def laid_flat(board: Storyboard) -> bool:
    """Tell whether all that is shown lies on a table, so that the camera is above a table top."""
    kinds = {who.kind for who in board.subjects} - {"table"}
    return board.view == "above" and bool(kinds) and all(FIGURES[kind].spot == "table" for kind in kinds)


def crowd_of(board: Storyboard) -> int:
    """Return how many there are that move about."""
    return sum(subject.count for subject in board.subjects if FIGURES[subject.kind].home != "fixed")


def playing(board: Storyboard, subject: Subject) -> bool:
    """Tell whether a subject sits at a piano."""
    return subject.action == "play" and any(other.kind == "piano" for other in board.subjects)


def heights(b: Backdrop) -> dict[str, float]:
    """Return each kind's height in pixels: alone as large as suits it, together more as they are."""
    figures = {subject.kind: FIGURES[subject.kind] for subject in b.board.subjects}
    walkers = {kind: figure for kind, figure in figures.items() if figure.home in _ON_GROUND}
    sizes = {kind: figure.size for kind, figure in figures.items()}
    if len(walkers) > 1:
        tallest = max(figure.metres for figure in walkers.values())
        shares = {kind: (figure.metres / tallest) ** _NEARNESS for kind, figure in walkers.items()}
        whole = min(
            figure.size * (1.0 if kind in PEOPLE or figure.home == "road" else 1.3) / shares[kind]
            for kind, figure in walkers.items()
        )
        sizes |= {kind: whole * share for kind, share in shares.items()}
    several = crowd_of(b.board) > 2
    scale = {"close": 1.15 if several else 1.4, "wide": 0.74}.get(b.board.framing, 1.0) * (0.86 if several else 1.0)
    if b.board.framing == "close" and len(figures) == 1 and not several:
        scale = max(scale, *(_CLOSE / figure.size for figure in figures.values()))
    tall = {
        kind: min(min(size * scale, max(size, 0.62)) * b.unit, _widest(b, figures[kind]))
        for kind, size in sizes.items()
    }
    grown = {who.kind: who.scale for who in b.board.subjects if who.scale and not _sizes_differ(b.board, who.kind)}
    for kind, told in grown.items():
        room = _widest(b, figures[kind]) * (1.0 if crowd_of(b.board) < 2 else 0.55)
        most = max(tall[kind], min(_LARGEST * b.unit, room))
        tall[kind] = min(tall[kind] * _GROWN[told], most)
    share, above = _room(b, tall), _shrunk(b)
    return {kind: height * share * (max(above, _BUILT) if _built(kind) else above) for kind, height in tall.items()}


def to_its_kind(board: Storyboard, subject: Subject) -> float:
    """Return a subject's height relative to its kind, if the prompt gives others of its kind another size."""
    return _GROWN_AMONG[subject.scale] if _sizes_differ(board, subject.kind) else 1.0


def _sizes_differ(board: Storyboard, kind: str) -> bool:
    return len({who.scale for who in board.subjects if who.kind == kind}) > 1


def _room(b: Backdrop, tall: dict[str, float]) -> float:
    """Return the share of their heights, at least 0.4, at which all who move about have room beside each other."""
    needed = 0.0
    for subject in b.board.subjects:
        figure = FIGURES[subject.kind]
        if figure.home != "fixed":
            needed += subject.count * tall[subject.kind] * (figure.box[2] - figure.box[0]) * 0.6
    return min(1.0, max(0.4, b.width / needed)) if needed and crowd_of(b.board) > 1 else 1.0


def _widest(b: Backdrop, figure: Figure) -> float:
    """Return the height at which a figure still fits the frame's width; what it may paint is a fifth wider than it."""
    return 0.92 * b.width / (0.8 * (figure.box[2] - figure.box[0]))


def mark_of(b: Backdrop, subject: Subject, size: float, index: int, crowd: int) -> Spot:
    """Return the spot of the `index`th of all who move about, or the one kept for what does not."""
    figure = FIGURES[subject.kind]
    if figure.home == "fixed":
        return fixed_mark(b, subject, size)
    if index == 0 and crowd < 3 and (seated := _seated(b, figure, subject, size)):
        return seated
    aside = crowd > 1 and any(FIGURES[who.kind].spot == "beside" for who in b.board.subjects)  # all on its one side
    middle, most = (0.35, 0.44) if aside else (0.46, 0.66)
    spread = min(most, _apart(b) * (crowd - 1))
    x = b.width * (middle - spread / 2 + (spread * index / (crowd - 1) if crowd > 1 else 0))
    if subject.side:
        x = _SIDES[subject.side] * b.width + 0.56 * x
    half = min(_AT_LEAST * size * (figure.box[2] - figure.box[0]) + 0.05 * b.width, 0.5 * b.width)
    x = min(max(x, half), b.width - half)
    stagger = (index % 3) * 0.03 * b.unit
    if figure.home == "air" and figure.action(subject.action) == "sit":
        return Spot(x, b.height * 0.62 if perching(b.board) else b.ground, size * 1.15, 0.975)
    if figure.home == "air":
        row = b.height * (0.4 + 0.12 * (index % 3)) + size * 0.4
        return Spot(x, b.ground - 0.24 * size if launching(b.board, subject) else row, size, 0.975)
    wet = _in_water(b, subject, x, size, index)
    return wet or Spot(x, b.ground - stagger, size * (1 - 0.05 * (index % 3)), 0.965 + 0.008 * (index % 3))


def _apart(b: Backdrop) -> float:
    """Return how far apart those who move about stand, in widths of the frame: as far as the broadest of them needs."""
    sizes, kinds = heights(b), {who.kind for who in b.board.subjects if FIGURES[who.kind].home != "fixed"}
    broadest = max(sizes[kind] * (FIGURES[kind].box[2] - FIGURES[kind].box[0]) for kind in kinds) * 1.6 * _AT_LEAST
    wanted = 0.4 if any(FIGURES[kind].home == "road" for kind in kinds) else 0.24
    return min(max(wanted, broadest / b.width), 0.4)


def beside(b: Backdrop, mark: Spot, apart: float, index: int, crowd: int) -> Spot:
    """Return the spot of the `index`th of all, who acts with a partner `apart` heights away."""
    pairs, pair = max(crowd // 2, 1), index // 2
    middle = b.width * (0.48 + (0.56 * pair / (pairs - 1) - 0.28 if pairs > 1 else 0.0))
    x = middle + (0.5 if index % 2 else -0.5) * apart * mark.size
    return Spot(x, b.ground - 0.03 * b.unit * (pair % 2), mark.size, 0.965 + 0.002 * (index % 2) + 0.008 * (pair % 2))


def portrait_mark(b: Backdrop, index: int, crowd: int) -> Spot:
    """Return the spot of the `index`th of all who are shown from the shoulders up."""
    size = min(0.6 * b.height, 0.74 * b.width) * (1.0 if crowd < 2 else 0.84 if crowd < 3 else 0.66)
    apart = min(0.34 * b.width, 1.04 * size)
    x = b.width * 0.5 + (index - (crowd - 1) / 2) * apart
    y = b.height - 0.02 * size if b.width > b.height else b.height * 0.84
    return Spot(x, y + 0.06 * size * (index % 2), size, 0.96 + 0.002 * (index % 2))


def _in_water(b: Backdrop, subject: Subject, x: float, size: float, index: int) -> Spot | None:
    """Return the spot of what swims or floats."""
    figure = FIGURES[subject.kind]
    if figure.home == "water":
        row = b.height * (0.58 + 0.13 * (index % 3 - 1)) if _place(b.board).submerged else b.surface
        return Spot(x, row + size * 0.5, size * (1 - 0.12 * (index % 2)), 1.0 + 0.1 * (index % 3))
    if figure.home == "surface" and _place(b.board).watery:
        return Spot(x, b.surface + (index % 3) * 0.03 * b.unit, size, 0.969 if b.above else 3.0)
    return _off_the_ground(b, subject, x, size, index) if figure.home == "ground" else None


def _off_the_ground(b: Backdrop, subject: Subject, x: float, size: float, index: int) -> Spot | None:
    """Return the spot of a figure that flies, dives, surfs or swims."""
    action, aloft = subject.action, 0.62 * size
    if action not in FIGURES[subject.kind].gaits:
        return None
    if action == "fly":
        return Spot(x, b.height * (0.4 + 0.1 * (index % 3)) + aloft, size, 0.975)
    if action == "dive":
        return Spot(x, b.height * (0.5 + 0.12 * (index % 3 - 1)) + aloft, size, 1.0 + 0.1 * (index % 3))
    if action in ("surf", "swim") and _place(b.board).watery:
        under = 0.1 * b.unit if action == "surf" else 0.03 * (index % 2) * b.unit + WATERLINE * size
        return Spot(x, b.surface + under, size, 1.0)
    return None


def perching(board: Storyboard) -> bool:
    """Tell whether birds that sit do so on a branch; else it is the ground."""
    place = _place(board)
    return "perches" in place.traits or not (place.indoors or place.watery or place.paved)


def launching(board: Storyboard, subject: Subject) -> bool:
    """Tell whether a rocket takes off."""
    return subject.kind == "rocket" and "launches" in _place(board).traits


def fixed_mark(b: Backdrop, subject: Subject, size: float) -> Spot:
    """Return the spot of what does not move about."""
    spot = _spot(b, subject, size)
    sided = subject.side and FIGURES[subject.kind].spot != "table"
    return replace(spot, x=b.width * _STANDS[subject.side]) if sided else spot


def _spot(b: Backdrop, subject: Subject, size: float) -> Spot:
    figure, fellows = FIGURES[subject.kind], [who for who in b.board.subjects if FIGURES[who.kind].spot == "table"]
    if figure.spot == "table":  # tables of several stand end to end, as one
        aside = 1.22 * size * (fellows.index(subject) - (len(fellows) - 1) / 2) if subject in fellows else 0.0
        return Spot(b.width * (0.7 if crowd_of(b.board) else 0.5) + aside, b.ground + 0.02 * b.unit, size, 0.98)
    if subject.kind in ("piano", "guitar"):
        closer = _CLOSER if any(playing(b.board, other) for other in b.board.subjects) else 1.0
        return Spot(b.width * (0.52 if b.width > b.height else 0.56), b.ground - 0.02 * b.unit, size * closer, 0.985)
    if b.landmark and figure.spot != "beside" and subject.kind != "tree":
        return Spot(*b.landmark, size, 0.97 if b.above else 4.6)
    if figure.spot == "beside":
        beside = 0.62 if crowd_of(b.board) < 2 else 0.72 if b.width > 1.3 * b.height else 0.84
        fellows = [who for who in b.board.subjects if FIGURES[who.kind].spot == "beside" and who.holds != who.kind]
        aside = 0.0
        if subject in fellows and len(fellows) > 1:
            wide = max(0.16 * b.width, 0.7 * size * (figure.box[2] - figure.box[0]))
            aside = wide * (fellows.index(subject) - (len(fellows) - 1) / 2)
        x = min(max(b.width * beside + aside, 0.1 * b.width), 0.9 * b.width)
        return Spot(x, b.ground - 0.03 * b.unit, size, 0.985)
    return _standing(b, subject, size)


def _standing(b: Backdrop, subject: Subject, size: float) -> Spot:
    """Return the spot of a building or a tree where the place keeps none."""
    if b.above:
        return Spot(b.width * 0.66, b.ground, size, 0.97)
    if subject.kind == "lighthouse":
        return Spot(b.width * 0.3, b.horizon + 0.2 * b.unit, size, 0.99)
    if _place(b.board).watery:
        return Spot(b.width * 0.8, b.ground - 0.02 * b.unit, size, 0.985)
    if crowd_of(b.board):  # to one side and farther off, so that those who move about don't hide it
        return Spot(b.width * (0.8 if b.width > b.height else 0.68), b.horizon + 0.15 * b.unit, size, 2.6)
    return Spot(b.width * 0.7, max(b.horizon + 0.17 * b.unit, b.ground - 0.17 * b.unit), size, 0.99)


def _seated(b: Backdrop, figure: Figure, subject: Subject, size: float) -> Spot | None:
    if playing(b.board, subject):
        return _at_the_piano(b, figure, size)
    return Spot(*b.seat, size, 0.97) if b.seat and _sits(subject) else None


def _sits(subject: Subject) -> bool:
    """Tell whether a figure takes the seat that a room reserves."""
    motion = MOTIONS.get(subject.action)
    own = motion and motion.holds in ("desk", "zither")  # what comes with something to sit on
    return subject.action in ("sit", "play") or bool(motion and motion.stance == "sit" and not own)


def _at_the_piano(b: Backdrop, figure: Figure, size: float) -> Spot:
    """Return the place at the keys of the piano, on a bench that brings the hands up to them."""
    piano = fixed_mark(b, Subject("piano"), FIGURES["piano"].size * b.unit)
    size = max(size, 0.2 * b.unit) * _CLOSER
    key_x, key_y = piano.x + KEYS[0] * piano.size, piano.y + KEYS[1] * piano.size
    seat = Spot(key_x - figure.hands[0] * size, key_y - figure.hands[1] * size, size, 0.97)
    _bench(
        b, seat.x - figure.hands[0] * size * 0.1, min(seat.y - figure.seat * size, b.ground - 0.04 * b.unit), piano.y
    )
    return seat


def sit_somewhere(b: Backdrop, mark: Spot, figure: Figure) -> None:
    """Put a thing under a figure that sits without a seat: a log, indoors a stool."""
    place = _place(b.board)
    if place.indoors or place.paved:
        wide = 0.17 if place.indoors else 0.3
        _bench(b, mark.x, mark.y - figure.seat * mark.size, mark.y, wide=wide)
        return
    size, u = mark.size, b.unit
    canvas = Canvas(int(size * 0.7), int(size * 0.3))
    bark, middle = b.palette.lit((98, 68, 46)), canvas.height * 0.55
    thick = size * 0.21
    canvas.limb([(size * 0.16, middle), (size * 0.52, middle)], [thick, thick], bark)
    canvas.ellipse(size * 0.54, middle, thick * 0.34, thick * 0.5, mix(bark, (255, 220, 170), 0.45))
    canvas.ellipse(size * 0.54, middle, thick * 0.2, thick * 0.32, mix(bark, (255, 220, 170), 0.2))
    grain = [(size * 0.14, middle - thick * 0.2), (size * 0.4, middle - thick * 0.24)]
    canvas.limb(grain, [u * 0.004] * 2, mix(bark, (0, 0, 0), 0.3))
    b.prop(canvas.pixels, mark.x - size * 0.06, mark.y - size * 0.11, mark.z + 0.002)


def _bench(b: Backdrop, x: float, top: float, foot: float, wide: float = 0.22) -> None:
    u = b.unit
    canvas = Canvas(int(u * (wide + 0.08)), int(max(foot - top, u * 0.03) + u * 0.03))
    wood, middle = b.palette.lit((58, 42, 38)), canvas.width / 2
    for side in (-0.4, 0.36):
        canvas.rect(middle + u * side * wide, u * 0.01, u * 0.014, canvas.height, wood)
    cushion = mix(b.palette.lit((150, 52, 48)), wood, 0.15)
    canvas.limb([(middle - u * wide / 2, u * 0.016), (middle + u * wide / 2, u * 0.016)], [u * 0.03] * 2, cushion)
    b.prop(canvas.pixels, x, top + canvas.height / 2, 0.98)


def in_the_saddle(mount: Spot, figure: Figure, rider: float) -> tuple[float, float]:
    """Return where a rider `rider` pixels tall would stand, from the mount's foot, to sit on its back."""
    return figure.saddle[0] * mount.size, figure.saddle[1] * mount.size + 0.24 * rider
