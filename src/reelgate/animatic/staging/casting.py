"""Puts a storyboard's subjects on the stage: how each moves, and how fast the camera must follow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from reelgate.animatic.drawing.compose import Actor, Stamp
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.places.background_life import branch
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.anchors import anchored, bound, first_the_lower, on_the_ground, roomy
from reelgate.animatic.staging.placement import (
    Spot,
    beside,
    heights,
    in_the_saddle,
    launching,
    mark_of,
    perching,
    playing,
    portrait_mark,
    sit_somewhere,
    to_its_kind,
)
from reelgate.animatic.staging.poses import Cycle, SubjectPart, pose_of, shadow
from reelgate.animatic.staging.role_assignment import is_portrait, later, on_foot, roles_of
from reelgate.animatic.subjects import FIGURES, PORTRAITS, TWO_LEGGED, Figure
from reelgate.animatic.subjects.base import Gait
from reelgate.animatic.subjects.motion import MOTIONS
from reelgate.animatic.subjects.portrait import look_at
from reelgate.animatic.subjects.shapes import is_card
from reelgate.animatic.subjects.table import BARE

_STEPS, _FEW = 24, 3
"""Poses of a stride, where fewer than so many walk: a foot that is down then stays on its spot."""

_CLIMB = 0.6
"""How much of the frame's width somebody covers on stairs at most, so that they do not leave them."""

_MANNED_BOAT = 1.4
"""How much nearer a boat is in which people are to be seen."""

_RIDERS_SIZE = 0.8
"""How tall a rider is to one on foot: the mount brings them up."""


class Beat(msgspec.Struct, frozen=True):
    """The rhythm of a subject that travels, for its sound: one cycle lasts `seconds`."""

    kind: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """One subject as it moves: the `number`th of its kind, at its mark, `pace` pixels a second."""

    subject: Subject
    figure: Figure
    action: str
    mark: Spot
    pace: float
    follow: bool
    part: SubjectPart

    @property
    def way(self) -> float:
        """Return -1 for who goes to the left, 1 for who goes to the right."""
        return _way(self.subject)

    @property
    def floats(self) -> bool:
        return self.action in ("swim", "dive", "surf", "fly") or self.figure.home in ("air", "surface", "water")

    def phase(self, t: float) -> float:
        """Return the share of its cycle at a time, 0 to 1; a hair more, so that a frame falls into its own pose."""
        gait = self.figure.gaits[self.action]
        return (t / gait.seconds + self.part.who * 0.37 + 1e-6) % 1.0


def _way(subject: Subject) -> float:
    """Return which way somebody goes; a card is not mirrored, so that its name can be read."""
    return -1.0 if subject.heading == "left" and not is_card(subject.kind) else 1.0


def beats_of(board: Storyboard) -> list[Beat]:
    """Return the beats of a storyboard's travelling subjects, in their order."""
    beats = []
    for subject in roles_of(on_foot(board)).players:
        figure = FIGURES[subject.kind]
        action = figure.action(subject.action)
        if figure.gaits[action].stride:
            stroll = action in MOTIONS and MOTIONS[action].stance == "stand" and action != "run"
            beats.append(Beat(subject.kind, "walk" if stroll else action, figure.gaits[action].seconds))
    return beats


def cast(b: Backdrop, *, follow: bool) -> float:
    """Put every subject on the stage. Returns the pixels a second that the camera follows them with.

    With `follow` the first traveller keeps its place in the frame and the world goes by; else it crosses the frame.
    """
    roles = roles_of(b.board)
    sizes, tracking, index = heights(b), 0.0, 0
    follow = follow and all(_travels(subject) for subject in roles.players) and not bound(b.board)
    follow = follow and not b.rise and not any(later(subject) for subject in roles.players)
    follow = follow and len({_way(subject) for subject in roles.players if FIGURES[subject.kind].home != "fixed"}) < 2
    crowd = sum(who.count for who in roles.players if FIGURES[who.kind].home != "fixed")
    placed: dict[str, Spot] = {}
    for subject in first_the_lower(roles.players, b.board):
        if subject.kind in PORTRAITS and is_portrait(b.board):
            _portrayed(b, subject, index, crowd)
            index += subject.count
            continue
        figure = _manned(FIGURES[subject.kind], roles.aboard.get(subject.kind))
        action, size = figure.action(subject.action), sizes[subject.kind] * to_its_kind(b.board, subject)
        size *= _MANNED_BOAT if subject.kind in roles.aboard and figure.home == "surface" else 1.0
        size = max(size, roomy(b.board, subject, sizes))
        gait = figure.gaits[action]
        if gait.stride and subject.kind in TWO_LEGGED and crowd < _FEW:
            figure = replace(figure, poses=_STEPS)
        speed = 0.0 if launching(b.board, subject) else gait.stride * size / gait.seconds
        if b.rise and speed * b.board.seconds > _CLIMB * b.width:
            figure = _slower(figure, action, speed * b.board.seconds / (_CLIMB * b.width))
            speed = _CLIMB * b.width / b.board.seconds
        if speed and follow and not tracking and figure.home != "surface":
            tracking = speed * _way(subject)
        for number in range(subject.count):
            mark = mark_of(b, subject, size, index, max(crowd, 1))
            there = anchored(b.board, subject, mark, placed, b.width) if not number else None
            there = there or on_the_ground(b.board, subject, mark)
            mark = there.mark if there else mark
            placed.setdefault(subject.kind, mark)
            own = abs(tracking) if tracking and figure.home in ("ground", "road", "water") else speed
            half = BARE if there and there.bare else ""
            part = SubjectPart(number, roles.aboard.get(subject.kind), half, turned=bool(speed) and _way(subject) < 0)
            entry = _Entry(subject, figure, action, mark, own, bool(tracking), part)
            entry = entry if there else _placed(b, entry, index, crowd)
            after = mark_of(b, _doing_next(subject), size, index, max(crowd, 1)) if later(subject) else None
            _enter(b, entry, None if after is None or there else after)
            if roles.rider and subject.kind == roles.mount_kind and number < roles.rider.count:
                _mounted(b, entry, roles.rider)
            index += figure.home != "fixed"
    return tracking


def _portrayed(b: Backdrop, subject: Subject, index: int, crowd: int) -> None:
    """Show somebody's head and shoulders, breathing. The second of two looks the other way."""
    tall = b.width <= b.height
    figure = PORTRAITS[subject.kind]
    left, top, right, _ = figure.box
    figure = replace(figure, box=(left, top, right, 0.8 if tall else 0.2))
    action = figure.action(subject.action)
    for number in range(subject.count):
        mark = portrait_mark(b, index + number, crowd)
        part = SubjectPart(number, turned=bool((index + number) % 2))
        entry = _Entry(subject, figure, action, mark, 0.0, follow=False, part=part)

        def path(t: float, entry: _Entry = entry) -> Stamp:
            breath = 0.004 * b.unit * math.sin(1.5 * t + 2 * entry.part.who)
            sway = 0.004 * b.unit * math.sin(0.7 * t + 1.3 * entry.part.who)
            return Stamp(entry.mark.x + sway, entry.mark.y + breath, look_at(action, entry.phase(t)))

        ahead = figure.box[2] if part.turned else -figure.box[0]
        _act(b, entry, path, (ahead * mark.size, -figure.box[1] * mark.size), 0.0)


def _manned(figure: Figure, rider: Subject | None) -> Figure:
    """Return a boat in the rhythm of who is in it; what has wheels turns them as fast as before."""
    if not rider or figure.home != "surface":
        return figure
    seconds = MOTIONS[rider.action].seconds
    gaits = {action: Gait(seconds, gait.stride * seconds / gait.seconds) for action, gait in figure.gaits.items()}
    return replace(figure, gaits=gaits, poses=16)


def _slower(figure: Figure, action: str, times: float) -> Figure:
    """Return a figure whose steps take so many times as long."""
    gait = figure.gaits[action]
    return replace(figure, gaits={**figure.gaits, action: Gait(gait.seconds * times, gait.stride)})


def _placed(b: Backdrop, entry: _Entry, index: int, crowd: int) -> _Entry:
    """Return an entry at its final place: beside a partner and turned to them, on something to sit on."""
    if entry.figure.home == "air" and entry.action == "sit" and perching(b.board) and not b.above:
        branch(b, entry.mark.x, entry.mark.y)
    motion = MOTIONS.get(entry.action) if entry.subject.kind in TWO_LEGGED else None
    if motion and motion.partner and (crowd > index + 1 or index % 2):
        second = bool(index % 2)
        mark = beside(b, entry.mark, motion.apart, index, crowd)
        action = motion.partner if second else entry.action
        return replace(entry, mark=mark, action=action, part=replace(entry.part, turned=second and motion.faces))
    if motion and motion.others and entry.part.who:
        return replace(entry, action=motion.others)
    seated = motion and motion.stance == "sit" and entry.action != "play"
    if seated and (entry.mark.x, entry.mark.y) != b.seat:
        sit_somewhere(b, entry.mark, entry.figure)
    return entry


def _travels(subject: Subject) -> bool:
    """Tell whether a moving camera may leave a subject's spot without losing it."""
    figure = FIGURES[subject.kind]
    return figure.home == "fixed" or figure.gaits[figure.action(subject.action)].stride > 0


def _doing_next(subject: Subject) -> Subject:
    return msgspec.structs.replace(subject, action=later(subject), then="")


def _enter(b: Backdrop, entry: _Entry, after: Spot | None = None) -> None:
    """Put somebody on the stage; with a place for it they do something else in the second half of the shot."""
    path, half = _path(b, entry), b.board.seconds / 2
    if after:
        there = path(half).x
        subject = _doing_next(entry.subject)
        second = replace(entry, subject=subject, action=subject.action, mark=replace(after, x=there))
        then = _path(b, second)
        moved = there - then(half).x
        _seen(b, second, lambda t: replace(then(t), x=then(t).x + moved, opacity=float(t >= half)))
        _seen(b, entry, lambda t: replace(path(t), opacity=float(t < half)))
        return
    _seen(b, entry, path)


def _seen(b: Backdrop, entry: _Entry, path: Callable[[float], Stamp]) -> None:
    figure, mark = entry.figure, entry.mark
    left, top = figure.box[:2]
    span = (
        0.0 if not _pace(entry) or (entry.follow and figure.home != "surface") else (figure.box[2] - left) * mark.size
    )
    _act(b, entry, path, (_ahead(entry) * mark.size, -top * mark.size), span)
    if entry.action == "sleep" and figure.home == "ground" and entry.subject.kind in TWO_LEGGED:
        return
    if b.above and entry.part.half == BARE:
        return
    if figure.shadow and not entry.floats and not playing(b.board, entry.subject):
        wide, tall = figure.shadow * mark.size * 1.25, mark.size * 0.065
        b.actors.append(Actor([b.sheet(shadow(wide, tall))], (wide * 1.3, tall * 1.6), mark.z + 0.004, path, span))


def _act(b: Backdrop, entry: _Entry, path: Callable[[float], Stamp], anchor: tuple[float, float], span: float) -> None:
    figure, subject, action, size = entry.figure, entry.subject, entry.action, entry.mark.size
    poses = Cycle(figure.poses, lambda pose: b.sheet(pose_of(b, figure, subject, action, size, pose, entry.part)))
    b.actors.append(Actor(poses, anchor, entry.mark.z, path, span))


def _ahead(entry: _Entry) -> float:
    """Return how far a figure's foot is from its picture's left edge, in its heights."""
    left, _, right, _ = entry.figure.box
    return right if entry.way < 0 and entry.part.turned else -left


def _pace(entry: _Entry) -> float:
    still = entry.figure.home == "fixed" or not entry.figure.gaits[entry.action].stride
    return 0.0 if still else entry.pace * entry.way


def _path(b: Backdrop, entry: _Entry) -> Callable[[float], Stamp]:
    figure, mark, number, pace, follow = entry.figure, entry.mark, entry.part.who, _pace(entry), entry.follow
    x0 = mark.x if follow or not pace else mark.x - entry.way * min(0.3 * b.width, abs(pace) * b.board.seconds / 2)
    place = lexicon().places[b.board.place]
    jumps = figure.home == "water" and place.watery and not place.submerged
    starting = launching(b.board, entry.subject)
    hops = entry.action == "jump" and entry.subject.kind not in TWO_LEGGED
    rise = b.rise if b.rise and figure.home in ("ground", "road") else None
    lift = 0.0 if not entry.floats or entry.action == "sit" else 0.012 if figure.home == "air" else 0.006

    def path(t: float) -> Stamp:
        pose = int(entry.phase(t) * figure.poses) if figure.poses > 1 else 0
        sway = 0.02 * b.width * math.sin(0.55 * t + 2 * number) if follow and pace else 0.0
        bob = lift * b.unit * math.sin(1.2 * t + 1.9 * number)
        if starting:
            bob = -0.05 * b.unit * max(0.0, t - 0.8) ** 2
        if hops:
            bob -= 0.45 * mark.size * abs(math.sin(math.pi * entry.phase(t)))
        if jumps:
            bob -= max(0.0, math.sin(1.3 * t + number)) * 0.2 * b.unit - 0.12 * b.unit
        x = x0 + pace * t + sway
        return Stamp(x, mark.y + bob - (rise(x) if rise else 0.0), pose)

    return path


def _mounted(b: Backdrop, mount: _Entry, rider: Subject) -> None:
    """Put a rider on the back of an animal, one leg on either side, rising and falling with it."""
    figure, below = FIGURES[rider.kind], mount.mark
    size = figure.size * b.unit * _RIDERS_SIZE
    dx, dy = in_the_saddle(below, mount.figure, size)
    dx *= -1.0 if mount.part.turned else 1.0
    carried = _path(b, mount)
    rider = msgspec.structs.replace(rider, heading=mount.subject.heading)
    entry = _Entry(rider, figure, "ride", mount.mark, 0.0, mount.follow, mount.part)

    def path(t: float) -> Stamp:
        under = carried(t)
        down = mount.figure.bounce(mount.action, under.pose / mount.figure.poses) * below.size
        return Stamp(under.x + dx, under.y + dy + down, int(entry.phase(t) * figure.poses))

    left, _, right, _ = mount.figure.box
    span = 0.0 if mount.follow or not _pace(mount) else (right - left) * below.size
    for half, nearer in (("near", 0.001), ("far", -0.001)):
        mark = Spot(below.x + dx, below.y + dy, size, below.z - nearer)
        part = replace(entry, mark=mark, part=replace(mount.part, half=half))
        _act(b, part, path, (_ahead(part) * size, -figure.box[1] * size), span)
