"""The view from above: where its subjects stand, and which ground lies under them."""

from __future__ import annotations

import msgspec

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.places.above.floors import table_top
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.places import GROUNDS


def seen_from_above(b: Backdrop, *, flat: bool) -> None:
    """Paint a place from above, and set where its subjects stand; `flat`: all that is shown lies on a table top."""
    b.horizon, b.ground, b.surface = b.height * 0.2, b.height * 0.68, b.height * 0.64
    b.landmark = (b.width * 0.56, b.height * 0.7)
    b.palette = msgspec.structs.replace(b.palette, horizon=mix(b.palette.horizon, b.palette.land, 0.5))
    if flat:
        table_top(b)
    else:
        GROUNDS[b.board.place](b)
