"""Draws the states of a task from the table of moves, into docs/images/states.svg: pages show it without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reelgate.tasks.states import EDGES, ENDS, Edge, State

FILE = Path(__file__).parent.parent / "docs/images/states.svg"
WIDTH, HEIGHT = 1180, 520
BOX = (124, 40)
ENDS_Y = 440
AT = {
    State.QUEUED: (100, 190),
    State.SUBMITTING: (340, 190),
    State.RUNNING: (580, 190),
    State.COLLECTING: (820, 190),
    State.SUCCEEDED: (1060, 190),
    State.UNKNOWN: (460, 310),
    State.EXPIRED: (100, ENDS_Y),
    State.CANCELLED: (560, ENDS_Y),
    State.FAILED: (820, ENDS_Y),
}
"""The middle of each state's box, in points of the drawing."""
FRAME = (20, 150, 920, 360)
"""Left, top, right and bottom of the frame around the open states."""


_HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">
<title>The states of a task and the moves between them</title>
<style>
text {{ font: 14px sans-serif; text-anchor: middle; fill: #1b2430 }}
.move {{ font-size: 12px; fill: #44546a }}
.state {{ fill: #e8eef7; stroke: #34507a }}
.end {{ fill: #f3ece1; stroke: #7a5b34 }}
.arrow {{ fill: none; stroke: #34507a; marker-end: url(#head) }}
</style>
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0L8 4L0 8z" fill="#34507a"/>
</marker>
<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>"""


def drawing() -> str:
    """Return the diagram as SVG. Raises KeyError for a state that has no place in it."""
    return "\n".join([_HEAD, *_frame(), *_arrows(), *(_box(state) for state in State), "</svg>", ""])


def _frame() -> Iterator[str]:
    """Yield the frame of the open states, and the moves that leave each of them for the same end."""
    left, top, right, bottom = FRAME
    yield (
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="10" fill="none" '
        'stroke="#8fa3bf" stroke-dasharray="5 4"/>'
    )
    for end in (State.CANCELLED, State.FAILED):
        x, y = AT[end]
        yield _line(f"M{x} {bottom}V{y - BOX[1] // 2}", ", ".join(_names(_into(end))), x + 40, (bottom + y) // 2)


def _arrows() -> Iterator[str]:
    """Yield all other moves; several of one direction share an arrow."""
    framed = {(edge.source, edge.target) for edge in EDGES if edge.target in (State.CANCELLED, State.FAILED)}
    pairs = dict.fromkeys((edge.source, edge.target) for edge in EDGES)
    yield _line(f"M8 {AT[State.QUEUED][1]}H{AT[State.QUEUED][0] - BOX[0] // 2}", "", 0, 0)
    for source, target in pairs:
        if (source, target) in framed and source not in ENDS:
            continue
        names = _names([edge for edge in EDGES if (edge.source, edge.target) == (source, target)])
        yield _arrow(source, target, ", ".join(names))


def _arrow(source: State, target: State, text: str) -> str:
    (x, y), (u, v) = AT[source], AT[target]
    half, tall = BOX[0] // 2, BOX[1] // 2
    if source is target:
        return _loop(x, y, text, up=source not in ENDS)
    if y == v:
        return _line(f"M{x + half} {y}H{u - half}", text, (x + u) // 2, y - 8) if u > x else _back(x, u, y - tall, text)
    if State.UNKNOWN in (source, target):
        down = tall if v > y else -tall
        aside = (34, 2) if u > x else (-44, 20)
        path = f"M{_side(x, u)} {y + down}L{_side(u, x)} {v - down}"
        return _line(path, text, (x + u) // 2 + aside[0], (y + v) // 2 + aside[1])
    if x == u:
        return _line(f"M{x} {y + tall}V{v - tall}", text, x + 28, FRAME[3] + 40)
    return _line(f"M{x + half} {y}C{u} {y} {u} {y} {u} {v + tall}", text, u - 40, (y + v) // 2 + 60)


def _loop(x: int, y: int, text: str, *, up: bool) -> str:
    """Return an arrow from a state to itself, above or below its box."""
    tall = BOX[1] // 2
    if up:
        path = f"M{x - 30} {y - tall}C{x - 50} {y - 80} {x + 10} {y - 80} {x - 6} {y - tall}"
        return _line(path, text, x - 20, y - 72)
    path = f"M{x - 20} {y + tall}C{x - 30} {y + 60} {x + 30} {y + 60} {x + 20} {y + tall}"
    return _line(path, text, x, y + 64)


def _back(x: int, u: int, y: int, text: str) -> str:
    """Return an arc back from the box at `x` to the one at `u`, whose upper edges are at `y`."""
    rise = 40 + (x - u) // 6
    start, end = x - 24, u + 50 - (x - u) // 18
    path = f"M{start} {y}C{start - 30} {y - rise} {end + 60} {y - rise} {end} {y}"
    return _line(path, text, (start + end) // 2 + 10, y - rise * 3 // 4 - 6)


def _side(own: int, other: int) -> int:
    """Return where on a box's edge an arrow to or from another begins."""
    return own + (30 if other > own else -30)


def _box(state: State) -> str:
    x, y = AT[state]
    kind = "end" if state in ENDS else "state"
    left, top = x - BOX[0] // 2, y - BOX[1] // 2
    rect = f'<rect class="{kind}" x="{left}" y="{top}" width="{BOX[0]}" height="{BOX[1]}" rx="8"/>'
    return f'{rect}<text x="{x}" y="{y + 5}">{state}</text>'


def _line(path: str, text: str, x: int, y: int) -> str:
    label = f'<text class="move" x="{x}" y="{y}">{text}</text>' if text else ""
    return f'<path class="arrow" d="{path}"/>{label}'


def _into(end: State) -> list[Edge]:
    return [edge for edge in EDGES if edge.target is end and edge.source not in ENDS]


def _names(edges: list[Edge]) -> list[str]:
    return list(dict.fromkeys(edge.name for edge in edges))


if __name__ == "__main__":
    FILE.write_text(drawing())
