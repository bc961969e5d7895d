"""The only signer: HMAC-SHA256 with the deployment's secret, separate for each purpose."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Purpose(Enum):
    """The purposes of signatures: the prefix of the text, so that no signature for one purpose fits another. None
    begins with another one. Links and callbacks are signed as their addresses.
    """

    LINK = b"/files/"
    CALLBACK = b"/callbacks/"
    POLICY = b"reelgate upload policy\n"
    QUOTE = b"reelgate quote\n"
    KEY = b"reelgate signing secret\n"
    SESSION = b"reelgate session\n"
    FORM = b"reelgate form\n"
    WEBHOOK_SECRET = b"reelgate webhook secret\n"
    WEBHOOK_KEY = b"reelgate webhook signing key\n"


class Claim(NamedTuple):
    """What a call brings in the place of an API key.

    Whose it says that it is, whether a secret has signed it, and from when until when it holds (ms).
    """

    key_id: str
    signed_with: Callable[[str], bool]
    ends: int
    begins: int = 0


class Signer:
    """Signs texts under one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def use(self, secret: bytes) -> None:
        """Sign under another secret from now on: the one of the journal, once that is open."""
        self._secret = secret

    def sign(self, purpose: Purpose, text: str) -> bytes:
        """Return the signature of a text, 32 bytes."""
        return hmac.digest(self._secret, purpose.value + text.encode(), "sha256")


def is_same(one: str, other: str) -> bool:
    """Whether two signatures are equal; how long it takes says nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
