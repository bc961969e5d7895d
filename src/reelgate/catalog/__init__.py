"""Models as data: one TOML file per family, a loader, the rule checks."""

from __future__ import annotations

from reelgate.catalog.loader import Catalog, CatalogError, Derived, load
from reelgate.catalog.model import DurationRule, MediaRule, Model, ModeRule, Watermark
from reelgate.catalog.prices import Price, PriceRule

__all__ = [
    "Catalog",
    "CatalogError",
    "Derived",
    "DurationRule",
    "MediaRule",
    "ModeRule",
    "Model",
    "Price",
    "PriceRule",
    "Watermark",
    "load",
]
