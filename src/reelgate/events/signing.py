"""Signatures by Standard Webhooks: v1 (HMAC-SHA256) and v1a (Ed25519).

No secret is kept. Each is made from the server's own secret, the webhook's id and a number, so a journal or its copy
holds nothing that signs.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reelgate.signing import Purpose, Signer


class Secret(NamedTuple):
    """One secret of a webhook, and the key pair that goes with it."""

    shared: bytes
    seed: bytes

    @property
    def text(self) -> str:
        """The secret as its owner is shown it: `whsec_` and Base64."""
        return f"whsec_{_text(self.shared)}"

    @property
    def public(self) -> str:
        """The public key, with which a receiver checks v1a and can sign nothing: `whpk_` and Base64."""
        return f"whpk_{_text(self._key().public_key().public_bytes_raw())}"

    def signatures(self, signed: bytes) -> str:
        """Return both signatures of a text."""
        shared = hmac.digest(self.shared, signed, "sha256")
        return f"v1,{_text(shared)} v1a,{_text(self._key().sign(signed))}"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class Secrets:
    """Makes the secrets of webhooks from the server's own."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def of(self, webhook_id: str, number: int) -> Secret:
        """Return a webhook's secret of that number."""
        name = f"{webhook_id}\n{number}"
        sign = self._signer.sign
        return Secret(sign(Purpose.WEBHOOK_SECRET, name), sign(Purpose.WEBHOOK_KEY, name))


def headers(secrets: Sequence[Secret], message_id: str, seconds: int, body: bytes) -> tuple[tuple[str, str], ...]:
    """Return the three headers of a message that is sent at `seconds` (Unix time), signed with every secret."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return (
        ("webhook-id", message_id),
        ("webhook-timestamp", str(seconds)),
        ("webhook-signature", " ".join(secret.signatures(signed) for secret in secrets)),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
