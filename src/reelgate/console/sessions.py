"""Sessions: signed cookies that represent a key and end with it.

A session holds no secret. It is bound to the digest under which its key was opened, so that it ends when the key is
revoked, expires or has its secret changed, on every server within a refresh of the key ring.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict, deque

import msgspec

from reelgate import limits
from reelgate.access.keyring import KeyRing, digest
from reelgate.clock import Clock
from reelgate.errors import ClientError, RateLimited, WrongKey
from reelgate.signing import Purpose, Signer, is_same
from reelgate.tasks.projects import Key

COOKIE = "reelgate_session"

_MINUTE_MS = 60_000
_ENDED_KEPT = 10_000


class Session(msgspec.Struct, frozen=True, array_like=True):
    """A signed cookie's content: the digest of the secret that opened it, when it ends (ms), and its own number."""

    digest: str
    ends: int
    nonce: str


class Sessions:
    """Opens, reads and ends sessions, signed by the one signer."""

    def __init__(self, signer: Signer, keys: KeyRing, clock: Clock) -> None:
        self._signer = signer
        self._keys = keys
        self._clock = clock
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._failures: dict[str, deque[int]] = {}

    def open(self, secret: str, address: str) -> str:
        """Return the cookie of a new session for a valid key. `address` is where the caller comes from.

        Raises WrongKey, always with the same words, and RateLimited after too many wrong ones from an address.
        """
        now = self._clock.now()
        failures = self._recent(address, now)
        if len(failures) >= limits.SIGN_INS_PER_MINUTE:
            error = RateLimited("too many wrong keys from this address; try again in a minute")
            error.retry_after = 60
            raise error
        try:
            self._keys.opened_by(digest(secret.strip()))
        except ClientError:
            failures.append(now)
            raise WrongKey("This key does not open the console.") from None
        ends = now + int(limits.SESSION_SECONDS * 1000)
        session = Session(digest(secret.strip()), ends, secrets.token_urlsafe(18))
        text = base64.urlsafe_b64encode(msgspec.json.encode(session)).decode().rstrip("=")
        return f"{text}.{self._signature(Purpose.SESSION, text)}"

    def read(self, cookie: str) -> tuple[Session, Key] | None:
        """Return the session of a cookie and its key, None if it has ended or never was."""
        text, _, signature = cookie.partition(".")
        if not is_same(self._signature(Purpose.SESSION, text), signature):
            return None
        try:
            session = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Session)
        except (binascii.Error, ValueError):  # signed by an older version
            return None
        try:
            return session, self.still(session)
        except WrongKey:
            return None

    def still(self, session: Session) -> Key:
        """Return the key of a session that was open before. Raises WrongKey if it is not open any more."""
        if session.ends <= self._clock.now() or session.nonce in self._ended:
            raise WrongKey
        return self._keys.opened_by(session.digest)

    def end(self, session: Session) -> None:
        """Sign out: this server no longer accepts the cookie, and the browser deletes it."""
        self._ended[session.nonce] = session.ends
        while len(self._ended) > _ENDED_KEPT:
            self._ended.popitem(last=False)

    def token(self, session: Session) -> str:
        """Return what every form of a session has to carry."""
        return self._signature(Purpose.FORM, session.nonce)

    def is_token(self, session: Session, token: str) -> bool:
        """Whether a form carries its session's token."""
        return is_same(self.token(session), token)

    def _signature(self, purpose: Purpose, text: str) -> str:
        return base64.urlsafe_b64encode(self._signer.sign(purpose, text)).decode().rstrip("=")

    def _recent(self, address: str, now: int) -> deque[int]:
        """Return the wrong keys of the last minute from an address; those of all others that are old are forgotten."""
        if len(self._failures) > limits.SIGN_IN_ADDRESSES:
            self._failures = {
                one: times for one, times in self._failures.items() if times and times[-1] > now - _MINUTE_MS
            }
        failures = self._failures.setdefault(hashlib.sha256(address.encode()).hexdigest(), deque())
        while failures and not now - _MINUTE_MS < failures[0] <= now:
            failures.popleft()
        return failures
