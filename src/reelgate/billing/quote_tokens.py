"""Quotes that fix a price: signed, so nothing is stored, and valid for one project and one request."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import msgspec

from reelgate import limits
from reelgate.billing.pricing import HeldPrice
from reelgate.billing.terms import Terms
from reelgate.clock import Clock
from reelgate.dialects.port import Call
from reelgate.errors import InvalidField
from reelgate.signing import Purpose, Signer, is_same

QUOTE_HEADER = "x-reelgate-quote"


class _Pinned(msgspec.Struct, frozen=True, array_like=True):
    project: str
    request: str
    micros: int
    terms: Terms
    ends: int
    """In milliseconds."""


class QuoteTokens:
    """Makes quotes' ids and takes them back."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    @staticmethod
    def pinnable(call: Call) -> bool:
        """Whether a call is small enough for its price to be pinned."""
        return _size(call.body) <= limits.MAX_SMALL_BODY_BYTES

    def issue(self, project_id: str, call: Call, price: HeldPrice) -> tuple[str, int]:
        """Return the id of a quote for that call of a project, and when it ends (ms)."""
        ends = self._clock.now() + limits.QUOTE_SECONDS * 1000
        text = _encoded(msgspec.json.encode(_Pinned(project_id, _digest(call), price.micros, price.terms, ends)))
        return f"quote_{text}.{self._signature(text)}", ends

    def redeem(self, project_id: str, call: Call) -> HeldPrice | None:
        """Return the price that a create's header pins, None without one. Raises InvalidField."""
        quote_id = call.headers.get(QUOTE_HEADER)
        if not quote_id:
            return None
        pinned = self._read(quote_id)
        if pinned is None:
            raise _refused(quote_id, "it is not a quote of this server")
        if pinned.project != project_id:
            raise _refused(quote_id, "it was made for another project")
        if pinned.ends <= self._clock.now():
            raise _refused(quote_id, "it has expired")
        # What is larger is too large for any quote, and to be hashed in one go.
        if not self.pinnable(call) or pinned.request != _digest(call):
            raise _refused(quote_id, "it was made for another request")
        told = hashlib.sha256(quote_id.encode()).hexdigest()[:16]
        return HeldPrice(pinned.micros, msgspec.structs.replace(pinned.terms, quote=told))

    def _read(self, quote_id: str) -> _Pinned | None:
        text, _, signature = quote_id.removeprefix("quote_").partition(".")
        if not is_same(self._signature(text), signature):
            return None
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Pinned)
        except (binascii.Error, ValueError):  # signed by an older version
            return None

    def _signature(self, text: str) -> str:
        return _encoded(self._signer.sign(Purpose.QUOTE, text))


def _digest(call: Call) -> str:
    """Return what tells one create from another: the address and the body, whatever the order of its fields."""
    body = msgspec.json.encode(call.body, order="deterministic")
    return hashlib.sha256(call.path.encode() + b"\n" + body).hexdigest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _refused(quote_id: str, why: str) -> InvalidField:
    allowed = "the id of an unexpired quote for the same request"
    message = f"X-Reelgate-Quote: {why}; ask POST /v1/quotes for a new one"
    return InvalidField("X-Reelgate-Quote", message, value=quote_id, allowed=allowed)


def _size(body: Any) -> int:
    """Return how many characters the texts of a body have."""
    if isinstance(body, dict):
        return sum(map(_size, body.values()))
    if isinstance(body, list):
        return sum(map(_size, body))
    return len(body) if isinstance(body, str) else 0
