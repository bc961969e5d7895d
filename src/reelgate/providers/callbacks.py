"""Vendors' callbacks. A callback changes no state: its job is only polled sooner."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

from reelgate import limits
from reelgate.clock import Clock


class Callback(msgspec.Struct, frozen=True):
    """A vendor's POST: the path that it was given to call, the query without its mark, headers in lower case."""

    path: str
    query: str
    headers: Mapping[str, str]


Check = Callable[[Callback], str]
"""Tells a vendor's own callback from a forged one: why it is not believed, "" where it is."""


def unsigned(_: Callback) -> str:
    """Believe it: the vendor signs nothing, so that its unguessable address is all there is."""
    return ""


class HmacSigned:
    """The scheme of the `hmac-auth` plugin that Vidu's callbacks follow.

    Signed are the method, path and query, the access key, the date and the headers that are named; the body is not.
    A nonce is taken once, a date within some minutes of ours.
    """

    def __init__(self, access_key: str, secret: str, clock: Clock) -> None:
        self._access_key = access_key
        self._secret = secret.encode()
        self._clock = clock
        self._nonces: dict[str, int] = {}

    def __call__(self, callback: Callback) -> str:
        """Return why it is not believed, "" where it is."""
        headers = callback.headers
        if headers.get("x-hmac-algorithm", "").lower() != "hmac-sha256":
            return "it is not signed with hmac-sha256"
        named = [name.strip() for name in headers.get("x-hmac-signed-headers", "").split(";")]
        if not {"date", "x-request-nonce"} <= {name.lower() for name in named}:
            return "its date and nonce are not signed"
        expected = base64.b64encode(hmac.digest(self._secret, self._text(callback, named).encode(), "sha256"))
        if not hmac.compare_digest(expected, headers.get("x-hmac-signature", "").encode()):
            return "its signature is wrong"
        return self._stale(headers.get("date", ""), headers.get("x-request-nonce", ""))

    def _text(self, callback: Callback, named: list[str]) -> str:
        lines = ["POST", callback.path, callback.query, self._access_key, callback.headers.get("date", "")]
        lines += [f"{name}:{callback.headers.get(name.lower(), '')}" for name in named]
        return "".join(f"{line}\n" for line in lines)

    def _stale(self, date: str, nonce: str) -> str:
        now, window = self._clock.now(), int(limits.CALLBACK_SKEW_SECONDS * 1000)
        try:
            at = parsedate_to_datetime(date)
        except (ValueError, OverflowError):
            return "its date can't be read"
        if abs(int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000) - now) > window:
            return "its date is too far from this server's time"
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * window:
            del self._nonces[next(iter(self._nonces))]
        if not nonce or nonce in self._nonces:
            return "its nonce was used before"
        self._nonces[nonce] = now
        return ""
