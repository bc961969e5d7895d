"""API keys: hashed at rest, checked from memory, refreshed from the journal."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import string

from reelgate.errors import MissingKey, WrongKey
from reelgate.tasks.record import Key
from reelgate.tasks.store import DuplicateId, TaskStore

REFRESH_SECONDS = 1.0
_SCHEMES = ("bearer", "token")
_ALPHABET = string.ascii_letters + string.digits
_SECRET_CHARS = 48


def digest(secret: str) -> str:
    """Return what is kept of a key. Keys are long random strings, so a plain SHA-256 can't be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Return a fresh key, shown once and kept only as its digest."""
    return "sk-" + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_CHARS))


def new_key(secret: str, *, name: str, project_id: str, now: int) -> Key:
    """Return the record of a key."""
    return Key(
        id=f"key_{secrets.token_hex(8)}",
        project_id=project_id,
        name=name,
        digest=digest(secret),
        created_at=now,
    )


class KeyRing:
    """Every valid key in memory; a revocation takes hold at the next refresh, within about a second."""

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._keys: dict[str, Key] = {}

    async def refresh(self) -> None:
        """Read the keys anew. Raises StoreError."""
        self._keys = {key.digest: key for key in await self._store.keys() if key.revoked_at is None}

    def check(self, authorization: str | None) -> Key:
        """Return the key of an Authorization header, `Bearer` or Vidu's `Token`. Raises MissingKey or WrongKey."""
        scheme, _, secret = (authorization or "").strip().partition(" ")
        if not secret or scheme.lower() not in _SCHEMES:
            raise MissingKey
        key = self._keys.get(digest(secret.strip()))
        if key is None:
            raise WrongKey
        return key

    async def ensure(self, secret: str, *, name: str, project_id: str, now: int) -> None:
        """Make sure that this key is known (a preset key survives restarts)."""
        with contextlib.suppress(DuplicateId):
            await self._store.add_key(new_key(secret, name=name, project_id=project_id, now=now))
        await self.refresh()

    def __len__(self) -> int:
        return len(self._keys)
