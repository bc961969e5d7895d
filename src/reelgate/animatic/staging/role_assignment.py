"""Who is drawn, and doing what: riders and what carries them, partners of one another, swimmers and sleepers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.staging.anchors import held_by, seated
from reelgate.animatic.staging.placement import crowd_of, laid_flat, playing
from reelgate.animatic.subjects import FIGURES, PORTRAITS, TWO_LEGGED
from reelgate.animatic.subjects.motion import MOTIONS

_BOATING = frozenset({"drive", "ride", "row", "fish", "sit", "read"})
_ABOARD = {"boat": _BOATING, "rowboat": _BOATING | {"stand", "sleep"}}
"""Who does one of these is in it; in the rest, who drives or rides."""

_AT_SEA = frozenset({"stand", "sit", "fish", "read"})
"""Who does one of these at sea is on board of what sails there."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The subjects as they are drawn. `rider` sits on the animal `mount`; `aboard` tells who is in a vehicle."""

    players: list[Subject]
    rider: Subject | None = None
    mount: Subject | None = None
    aboard: dict[str, Subject] = field(default_factory=dict)

    @property
    def mount_kind(self) -> str:
        """Return the kind of the animal that is ridden, empty where none is."""
        return self.mount.kind if self.mount else ""


def roles_of(board: Storyboard) -> Roles:
    """Give everyone their part."""
    rider, mount = _riding(board.subjects)
    aboard = {} if rider else _aboard(board)
    crew = [who.kind for who in aboard.values()]
    crew += [rider.kind] if rider else []
    shown = [who for who in board.subjects if who.kind not in crew and _shown(board, who)]
    players = [_acting(board, seated(board, who)) for who in shown]
    for number, who in enumerate(players):
        if mount and rider and who.kind == mount.kind:
            action = "walk" if who.action in ("stand", "ride") else who.action
            players[number] = msgspec.structs.replace(
                who, action=action, count=max(who.count, rider.count), heading=who.heading or rider.heading
            )
        elif who.kind in aboard:
            many = aboard[who.kind].count
            two_by_two = who.kind in _ABOARD and many > 1
            count = (many + 1) // 2 if two_by_two else max(who.count, many)
            way = who.heading or aboard[who.kind].heading
            players[number] = msgspec.structs.replace(who, action="drive", count=count, heading=way)
    return Roles(_paired(players), rider, mount, aboard)


def on_foot(board: Storyboard) -> Storyboard:
    """Return a storyboard without water with what floats elsewhere as what it is on foot."""
    kinds = lexicon().kinds
    ashore = {who.kind: foot for who in board.subjects if (foot := kinds[who.kind].on_foot)}
    if not ashore or lexicon().places[board.place].watery:
        return board
    subjects = tuple(msgspec.structs.replace(who, kind=ashore.get(who.kind, who.kind)) for who in board.subjects)
    relations = tuple(
        msgspec.structs.replace(one, a=ashore.get(one.a, one.a), b=ashore.get(one.b, one.b)) for one in board.relations
    )
    return msgspec.structs.replace(board, subjects=subjects, relations=relations)


def is_portrait(board: Storyboard) -> bool:
    """Tell whether people are shown from the shoulders up: close by, few, and none of them carried."""
    people = [who for who in board.subjects if who.kind in PORTRAITS]
    carried = any(who.action in ("ride", "drive", "play", "zither", "pipa") for who in people)
    return board.framing == "close" and 0 < sum(who.count for who in people) < 4 and not carried


def undrawn_of(board: Storyboard) -> list[str]:
    """Return an action of a figure that is not drawn, as "kind: action"."""
    roles = roles_of(board)
    second = [f"{who.kind}: {who.then}" for who in roles.players if who.then and not later(who)]
    return [
        *second,
        *_first_undrawn(roles),
    ]


def _first_undrawn(roles: Roles) -> list[str]:
    return [
        f"{who.kind}: {who.action}"
        for who in roles.players
        if FIGURES[who.kind].home in ("ground", "air")
        and who.kind != roles.mount_kind and who.action not in ("stand", "ride")
        and FIGURES[who.kind].action(who.action) not in (who.action, _SAME.get(who.action))
    ]  # fmt: skip


_SAME = {"drink": "eat"}
"""What looks the same with animals."""


def later(subject: Subject) -> str:
    """Return a figure's action in the second half of a shot; empty if it continues or the action can't be drawn."""
    figure = FIGURES[subject.kind]
    drawn = subject.then in figure.gaits and subject.then != figure.action(subject.action)
    return subject.then if drawn and figure.home in ("ground", "air") else ""


def _riding(subjects: Sequence[Subject]) -> tuple[Subject | None, Subject | None]:
    """Return the rider of an animal, and the animal; nothing without such a pair."""
    mounts = [subject for subject in subjects if FIGURES[subject.kind].saddle != (0.0, 0.0)]
    people = [subject for subject in subjects if subject.kind in TWO_LEGGED and subject.action == "ride"]
    return (people[0], mounts[0]) if people and mounts else (None, None)


def _aboard(board: Storyboard) -> dict[str, Subject]:
    """Return who is in or on each vehicle, doing what one does there."""
    found: dict[str, Subject] = {}
    place = lexicon().places[board.place]
    for vehicle in board.subjects:
        kind = lexicon().kinds[vehicle.kind]
        if not kind.crew:
            continue
        doing = _ABOARD.get(vehicle.kind, frozenset({"drive", "ride"}))
        if "open_sea" in place.traits and FIGURES[vehicle.kind].home == "surface":
            doing |= _AT_SEA
        crew = [who for who in board.subjects if who.kind in TWO_LEGGED and who.action in doing]
        if crew:
            action = (
                crew[0].action if vehicle.kind in _ABOARD and crew[0].action in ("fish", "read", "sit") else kind.crew
            )
            found[vehicle.kind] = msgspec.structs.replace(crew[0], action=action)
        elif not kind.empty and vehicle.action != "stand":
            found[vehicle.kind] = Subject("person", kind.crew, count=vehicle.count)
    return found


def _shown(board: Storyboard, subject: Subject) -> bool:
    """Tell whether a subject is drawn for itself: not what a place is full of, nor what is in somebody's hands."""
    if subject.kind == "guitar" and any(_strumming(board, other) for other in board.subjects):
        return False
    if held_by(board, subject) or any(other.action == subject.kind for other in board.subjects):
        return False
    if subject.kind == "table" and laid_flat(board):
        return False
    if subject.kind == "table" and any(FIGURES[other.kind].spot == "table" for other in board.subjects):
        return False
    if subject.kind == "umbrella" and any(other.action == "umbrella" for other in board.subjects):
        return False
    full = crowd_of(board) > 0 or len({other.kind for other in board.subjects}) > 1
    return not (subject.kind == lexicon().places[board.place].full_of and full)


def _acting(board: Storyboard, subject: Subject) -> Subject:
    """Return a subject doing what its words mean at this place."""
    if subject.kind not in TWO_LEGGED:
        return subject
    action, place = subject.action, lexicon().places[board.place]
    if place.submerged:
        action = "dive"
    elif "open_sea" in place.traits and action not in ("ride", "surf", "fly"):
        action = "swim"
    elif _strumming(board, subject):
        action = "strum"
    elif action == "sleep" and not place.indoors:
        action = "lie"
    elif action == "climb" and "hiked" in place.traits:
        action = "hike"
    elif action == "stand" and subject.holds:
        action = "carry"
    elif (action == "kick" and subject.count > 1) or (subject.kind == "footballer" and action in ("stand", "run")):
        action = "dribble"
    elif action == "fight" and subject.kind == "samurai":
        action = "fence"
    return msgspec.structs.replace(subject, action=action)


def _strumming(board: Storyboard, subject: Subject) -> bool:
    """Tell whether someone plays something other than a piano: they are drawn with a guitar."""
    return subject.action == "play" and subject.kind in TWO_LEGGED and not playing(board, subject)


def _paired(players: list[Subject]) -> list[Subject]:
    """Let who only stands by do with another what takes two."""
    doing = [who.action for who in players if who.kind in TWO_LEGGED and _takes_two(who.action)]
    alone = sum(who.count for who in players if who.kind in TWO_LEGGED and _takes_two(who.action)) == 1
    if not doing or not alone:
        return players
    return [
        msgspec.structs.replace(who, action=doing[0]) if who.kind in TWO_LEGGED and who.action == "stand" else who
        for who in players
    ]


def _takes_two(action: str) -> bool:
    return action in MOTIONS and bool(MOTIONS[action].partner)
