"""Charts as numbers: the positions of bars and lines in a drawing of fixed size. The page draws them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

WIDTH, HEIGHT = 760, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 16, 28
_STEPS = (1, 2, 5)
_LINES = 4


class Bar(msgspec.Struct, frozen=True):
    """A day: its bar, and where a mark shows what the same day of the month before had (None: nothing)."""

    day: int
    x: float
    y: float
    width: float
    height: float
    value: int
    mark: float | None
    labelled: bool


class Chart(msgspec.Struct, frozen=True):
    """A month of bars, and the lines behind them: height and amount."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[float, int]]
    base: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def month_chart(values: Mapping[int, int], before: Mapping[int, int], days: int) -> Chart:
    """Return the chart of a month: amounts by day of the month, and those of the month before."""
    top = max([*values.values(), *before.values(), 0])
    step = _step(top)
    most = step * max(1, -(-top // step))
    base = HEIGHT - _BOTTOM
    room, slot = base - _TOP, (WIDTH - _LEFT - _RIGHT) / days

    def height(value: int) -> float:
        return round(room * value / most, 1)

    bars = [
        Bar(
            day,
            round(_LEFT + slot * (day - 1) + slot * 0.2, 1),
            round(base - height(values.get(day, 0)), 1),
            round(slot * 0.6, 1),
            height(values.get(day, 0)),
            values.get(day, 0),
            round(base - height(before[day]), 1) if before.get(day) else None,
            day == 1 or day % 7 == 0,
        )
        for day in range(1, days + 1)
    ]
    lines = [(round(base - height(amount), 1), amount) for amount in range(0, most + 1, step)]
    return Chart(bars, lines, base)


def _step(top: int) -> int:
    """Return a round distance between two lines that makes for few lines."""
    unit = 10_000  # a cent
    while True:
        for step in _STEPS:
            if step * unit * _LINES >= top:
                return step * unit
        unit *= 10
