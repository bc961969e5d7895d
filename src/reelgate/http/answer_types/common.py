"""Types that several answers share."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

Micros = Annotated[int, Meta(description="Micro-units of the currency.")]
Limit = Annotated[int | None, Meta(description="Null: no limit.")]


class Amount(TypedDict):
    """A sum of money."""

    amount_micros: Micros
    currency: str
