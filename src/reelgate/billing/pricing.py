"""Between a request and its hold: the price on the project's terms, and the refusal when the money is not there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reelgate.access.keyring import KeyRing
from reelgate.billing.quotes import Quote, quote_parts
from reelgate.billing.terms import Terms, encode
from reelgate.catalog import Model
from reelgate.clock import Clock
from reelgate.errors import InsufficientFunds, SpendLimit
from reelgate.request import VideoRequest
from reelgate.tasks.money import CURRENCY, MoneyStore, Purse
from reelgate.tasks.projects import Key
from reelgate.tasks.scripts import DAY_MS

_MILLION = 1_000_000


class HeldPrice(msgspec.Struct, frozen=True):
    """What a task holds, and on which terms."""

    micros: int
    terms: Terms

    @property
    def kept(self) -> str:
        """The terms as the task keeps them."""
        return encode(self.terms)


class Pricing:
    """Prices requests, and explains refusals. Whether there is money is decided in the create's own transaction."""

    def __init__(self, *, money: MoneyStore, keys: KeyRing, clock: Clock) -> None:
        self._money = money
        self._keys = keys
        self._clock = clock

    def quote(self, parts: Sequence[tuple[Model, VideoRequest]], key: Key) -> Quote:
        """Return what the parts of a video, most often one, cost the key's project, and why. Raises NoPrice."""
        multiplier = self._keys.project(key.project_id).multiplier_ppm
        return quote_parts(parts, at=self._clock.now(), multiplier_ppm=multiplier)

    def price(self, parts: Sequence[tuple[Model, VideoRequest]], key: Key) -> HeldPrice:
        """Return what the parts of a video cost the key's project. Raises NoPrice."""
        found = self.quote(parts, key)
        return HeldPrice(found.micros, found.terms)

    async def short(self, key: Key, micros: int) -> InsufficientFunds | None:
        """Return what a create of that price would be refused for now, None if there is money for it."""
        purse = await self._money.purse(key.project_id, key.id, self._clock.now() // DAY_MS)
        if purse.floor is not None and purse.funds - micros < purse.floor:
            return _limit(purse, micros) or InsufficientFunds(_short(purse, micros))
        return _limit(purse, micros)

    async def refusal(self, key: Key, micros: int) -> InsufficientFunds:
        """Return the error for a client whose price could not be held."""
        purse = await self._money.purse(key.project_id, key.id, self._clock.now() // DAY_MS)
        return _limit(purse, micros) or InsufficientFunds(_short(purse, micros))


def amount(micros: int) -> str:
    """Return an amount as people read it: `1.25 USD`."""
    whole, rest = divmod(abs(micros), _MILLION)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{digits} {CURRENCY}"


def _short(purse: Purse, micros: int) -> str:
    floor = purse.floor or 0
    below = f", and its minimum is {amount(floor)}" if floor else ""
    return f"the task costs {amount(micros)}; the project's balance is {amount(purse.funds)}{below}; top it up first"


def _limit(purse: Purse, micros: int) -> SpendLimit | None:
    limits = (
        ("API key", "today", purse.key_spent_day, purse.key_spend_day),
        ("API key", "in all", purse.key_spent, purse.key_spend_total),
        ("project", "today", purse.spent_day, purse.spend_day),
        ("project", "in all", purse.spent, purse.spend_total),
    )
    for whose, when, spent, limit in limits:
        if limit is not None and spent + micros > limit:
            told = f"the {whose} may spend {amount(limit)} {when} and has spent {amount(spent)}"
            return SpendLimit(f"the task costs {amount(micros)}; {told}, amounts on hold included")
    return None
