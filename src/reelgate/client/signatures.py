"""Checks that a webhook's message is what a Reelgate server sent, by Standard Webhooks."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from reelgate.client.errors import WrongSignature

TOLERANCE_SECONDS = 300
_SECONDS = re.compile("[0-9]{1,15}")


def verify_webhook(
    body: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = TOLERANCE_SECONDS
) -> Any:
    """Return a message's JSON. Raises WrongSignature, and ValueError for a secret that can't be one.

    `body` is what came, byte for byte. `secret` is the webhook's `whsec_…`, or its public key `whpk_…`, for which the
    package `cryptography` must be installed.
    """
    data = body.encode() if isinstance(body, str) else body
    found = {name.lower(): value for name, value in headers.items()}
    try:
        named, stamp, signatures = (found[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError:
        raise WrongSignature("the headers webhook-id, webhook-timestamp and webhook-signature must be there") from None
    if not _SECONDS.fullmatch(stamp):
        raise WrongSignature("webhook-timestamp must be Unix seconds")
    seconds = int(stamp)
    if abs(time.time() - seconds) > tolerance:
        raise WrongSignature(f"the message was signed more than {tolerance:g} s from now")
    signed = f"{named}.{stamp}.".encode(errors="replace") + data
    each = [one.partition(",") for one in signatures.split(" ")]
    check = _public(secret) if secret.startswith("whpk_") else _shared(secret)
    if not any(check(version, text, signed) for version, _, text in each):
        raise WrongSignature("no signature of the message is this webhook's")
    return json.loads(data)


def _key(secret: str, prefix: str) -> bytes:
    key = base64.b64decode(secret.removeprefix(prefix))
    if not key:  # with which anybody can sign
        raise ValueError("the secret is empty; give the webhook's, which begins with whsec_ or whpk_")
    return key


def _shared(secret: str) -> Any:
    key = _key(secret, "whsec_")

    def check(version: str, text: str, signed: bytes) -> bool:
        expected = base64.b64encode(hmac.digest(key, signed, "sha256"))
        return version == "v1" and hmac.compare_digest(expected, text.encode(errors="replace"))

    return check


def _public(secret: str) -> Any:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(_key(secret, "whpk_"))

    def check(version: str, text: str, signed: bytes) -> bool:
        try:
            if version == "v1a":
                public.verify(base64.b64decode(text), signed)
                return True
        except (InvalidSignature, ValueError):
            pass
        return False

    return check
