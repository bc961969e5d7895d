"""What people do and how, from `motions.toml`: stances, key poses, and where a cycle is between them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources

import msgspec

Point = tuple[float, float]


class Stance(msgspec.Struct, frozen=True):
    """Where hips and feet are: a foot is an ankle, or a knee and an ankle where the limb is seen foreshortened."""

    hip: Point
    near: tuple[float, ...]
    far: tuple[float, ...]
    lean: float = 0.0
    tilt: float = 0.0


class Motion(msgspec.Struct, frozen=True):
    """A cycle of key poses; the table explains its fields."""

    seconds: float
    stride: float = 0.0
    stance: str = "stand"
    hip: tuple[Point, ...] = ()
    lean: tuple[float, ...] = ()
    near_hand: tuple[Point, ...] = ()
    far_hand: tuple[Point, ...] = ()
    near_foot: tuple[Point, ...] = ()
    far_foot: tuple[Point, ...] = ()
    nod: tuple[float, ...] = ()
    holds: str = ""
    partner: str = ""
    apart: float = 0.0
    faces: bool = False
    others: str = ""
    alike: str = ""


class _Table(msgspec.Struct, frozen=True):
    stances: dict[str, Stance]
    motions: dict[str, Motion]


def angle_at(keys: Sequence[float], phase: float) -> float:
    """Return an angle at a phase of its cycle, 0 where the table says nothing."""
    if not keys:
        return 0.0
    a, b, share = _between(len(keys), phase)
    return keys[a] + (keys[b] - keys[a]) * share


def point_at(keys: Sequence[Point], phase: float) -> Point | None:
    """Return a point at a phase of its cycle, None where the table says nothing."""
    if not keys:
        return None
    a, b, share = _between(len(keys), phase)
    (ax, ay), (bx, by) = keys[a], keys[b]
    return ax + (bx - ax) * share, ay + (by - ay) * share


def _between(count: int, phase: float) -> tuple[int, int, float]:
    """Return the keys before and after a phase, and how far it has come from the one to the other, eased."""
    before, along = divmod(phase % 1.0 * count, 1.0)
    return int(before) % count, int(before + 1) % count, along * along * (3 - 2 * along)


def _table() -> _Table:
    rows = tomllib.loads(resources.files(__package__).joinpath("motions.toml").read_text("utf-8"))
    return msgspec.convert(rows, _Table)


STANCES, MOTIONS = msgspec.structs.astuple(_table())
