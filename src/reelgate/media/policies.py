"""Signed permissions to upload: anyone with one can post files to one folder for a few minutes, without a key."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

import msgspec

from reelgate import limits
from reelgate.errors import UploadForbidden
from reelgate.signing import Purpose, Signer, is_same


class Policy(msgspec.Struct, frozen=True):
    """A permission as its holder carries it: the encoded text, its signature, the folder."""

    text: str
    signature: str
    folder: str


class _Terms(msgspec.Struct, frozen=True):
    """What a policy says, in the form that OSS's form uploads have, and whose files they are."""

    expiration: str
    conditions: list[Any]
    project: str
    folder: str
    ends: int
    """In milliseconds, as `expiration` says to readers."""


class Permits:
    """Signs and checks permissions."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def issue(self, project_id: str, folder: str, now: int) -> Policy:
        """Permit a project's key holder to upload files under `folder` from `now` (milliseconds) on."""
        ends = now + limits.UPLOAD_POLICY_SECONDS * 1000
        terms = _Terms(
            expiration=datetime.fromtimestamp(ends / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            conditions=[
                ["content-length-range", 0, limits.MAX_MEDIA_BYTES],
                ["starts-with", "$key", f"{folder}/"],
            ],
            project=project_id,
            folder=folder,
            ends=ends,
        )
        text = base64.b64encode(msgspec.json.encode(terms)).decode()
        return Policy(text, self._signature(text), folder)

    def check(self, text: str, signature: str, key: str, now: int) -> str:
        """Return the project whose file `key` becomes. Raises UploadForbidden, which says what is not permitted."""
        if not is_same(self._signature(text), signature):
            raise UploadForbidden("the policy is not signed by this server; ask for a new one")
        try:
            terms = msgspec.json.decode(base64.b64decode(text), type=_Terms)
        except (binascii.Error, msgspec.DecodeError):  # signed by an older version
            raise UploadForbidden("the policy can't be read; ask for a new one") from None
        if terms.ends <= now:
            raise UploadForbidden("the policy has expired; ask for a new one")
        if not key.startswith(f"{terms.folder}/") or key == f"{terms.folder}/":
            raise UploadForbidden(f"the policy permits keys that begin with {terms.folder}/ only")
        return terms.project

    def _signature(self, text: str) -> str:
        return base64.b64encode(self._signer.sign(Purpose.POLICY, text)).decode()
