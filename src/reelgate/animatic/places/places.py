"""The painters of each place. A new place is a module that paints it, and its record in `words/place.toml`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places.base import Backdrop

Painter = Callable[[Backdrop], None]


def _painter(name: str) -> Painter:
    """Return the painter that a record names as `module.function`. Raises ImportError or AttributeError."""
    module, _, function = name.rpartition(".")
    painter: Painter = getattr(import_module(f"{__package__}.{module}"), function)
    return painter


PLACES = {place: _painter(facts.painter) for place, facts in lexicon().places.items()}

GROUNDS = {place: _painter(f"above.{facts.above}") for place, facts in lexicon().places.items() if facts.above}
"""What each place is from above; what is missing here looks the same from everywhere."""
