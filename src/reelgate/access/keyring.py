"""API keys: hashed at rest, checked from memory, refreshed from the journal."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import string
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from reelgate.clock import Clock
from reelgate.errors import KeyForbidden, MissingKey, ModelForbidden, WrongKey
from reelgate.signing import Claim, Purpose, Signer
from reelgate.tasks.projects import Act, Key, Overflow, Project, Scope
from reelgate.tasks.store import DuplicateId, Stale, TaskStore

REFRESH_SECONDS = 1.0
SERVER = "server"
"""What the audit log calls a server that makes its first key."""
SCHEMES = ("bearer", "token")
"""What may stand before a key: HTTP's own word, and Vidu's."""
_ALPHABET = string.ascii_letters + string.digits
_SECRET_CHARS = 48
_DEEDS = {Scope.CREATE: "create, change or delete", Scope.READ: "read", Scope.ADMIN: "manage projects and keys"}
_PREFIX_CHARS = 8
_HIDDEN_CHARS = 24  # that a secret must have beside the prefix which is shown of it


def digest(secret: str) -> str:
    """Return what is kept of a key. Keys are long random strings, so a plain SHA-256 can't be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def prefix(secret: str) -> str:
    """Return what is shown of a key ever after; nothing of one that is so short that this would help to guess it."""
    return secret[:_PREFIX_CHARS] if len(secret) >= _PREFIX_CHARS + _HIDDEN_CHARS else ""


def new_secret() -> str:
    """Return a fresh key, shown once and kept only as its digest."""
    return "sk-" + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_CHARS))


def new_key(secret: str, *, name: str, project_id: str, now: int, scopes: tuple[Scope, ...] = ()) -> Key:
    """Return the record of a key; without other scopes it may create and read."""
    return Key(
        id=f"key_{secrets.token_hex(8)}",
        project_id=project_id,
        name=name,
        digest=digest(secret),
        prefix=prefix(secret),
        created_at=now,
        scopes=scopes or (Scope.CREATE, Scope.READ),
    )


class KeyRing:
    """Every valid key and every project in memory; a change takes hold at the next refresh, within about a second.

    The table is entered by the hash of what a client sent. The time of a look-up reveals something about the hash
    only, and a client can't choose a secret by its hash, so no comparison needs to take constant time.
    """

    def __init__(self, store: TaskStore, clock: Clock, signer: Signer | None = None) -> None:
        self._store = store.projects
        self._clock = clock
        self._signer = signer
        self._keys: dict[str, Key] = {}
        self._revision: int | None = None
        self._reading = asyncio.Lock()  # so that a slow reader never puts back what a faster one has replaced
        self._doors: dict[str, _Door] = {}
        self._projects: dict[str, Project] = {}

    async def refresh(self) -> None:
        """Take over what has changed, of keys and projects. Raises StoreError."""
        async with self._reading:
            revision = await self._store.revision()  # first: what changes meanwhile is read again next time
            if revision == self._revision:
                return
            projects, keys = await self._news()
            self._projects.update((project.id, project) for project in projects)
            self._keys.update((key.id, key) for key in keys)
            self._doors.update((door.digest, door) for key in keys for door in _doors(key))
            self._revision = revision

    async def _news(self) -> tuple[Sequence[Project], Sequence[Key]]:
        if self._revision is None:
            keys = await self._store.keys()  # before the projects, so that each key's project is among them
            return await self._store.list(), keys
        return await self._store.changed(self._revision)

    def check(self, sent: str | Claim | None, scope: Scope | None) -> Key:
        """Return the key that was sent, alone or behind `Bearer` or Vidu's `Token`, with a scope (None: any will do).

        A claim stands for a key where one of the key's secrets has signed it. Raises MissingKey, WrongKey or
        KeyForbidden.
        """
        door = self._claimed(sent) if isinstance(sent, Claim) else self._doors.get(_digest_of(sent))
        key = self._opened(door)
        check_scope(key, scope)
        return key

    def opened_by(self, secret_digest: str) -> Key:
        """Return the key that the secret with this digest opens now. Raises WrongKey."""
        return self._opened(self._doors.get(secret_digest))

    def _opened(self, door: _Door | None) -> Key:
        if door is None or not self._is_open(door.key):
            raise WrongKey
        if door.until is not None and self._clock.now() >= door.until:
            raise WrongKey("The API key has expired.")
        return door.key

    def signing_secret(self, key: Key) -> str:
        """Return what clients of signing dialects sign with in the place of sending a key."""
        return self._secret_of(key.digest)

    def _claimed(self, claim: Claim) -> _Door | None:
        if not claim.begins <= self._clock.now() < claim.ends:
            raise WrongKey("The signature is not valid at this time; sign the call again, and check the clock.")
        key = self._keys.get(claim.key_id)
        doors = _doors(key) if key is not None and self._signer is not None else ()
        return next((door for door in doors if claim.signed_with(self._secret_of(door.digest))), None)

    def _secret_of(self, door: str) -> str:
        """Return the secret that goes with a key's own; the key's hash alone does not tell it."""
        return "" if self._signer is None else self._signer.sign(Purpose.KEY, door).hex()

    def _is_open(self, key: Key) -> bool:
        project = self._projects.get(key.project_id)  # none where its row is damaged
        return key.revoked_at is None and project is not None and project.archived_at is None

    def project(self, project_id: str) -> Project:
        """Return the project of a key that was checked."""
        return self._projects[project_id]

    def knows(self, project_id: str) -> bool:
        """Whether there is such a project."""
        return project_id in self._projects

    def counted(self, key: Key) -> bool:
        """Whether the open tasks of a key, or of all its project's, are bounded, and further ones refused."""
        project = self._projects[key.project_id]
        bounded = key.tasks_at_once is not None or project.tasks_at_once is not None
        return bounded and project.overflow is Overflow.REFUSE

    async def ensure(self, secret: str, *, name: str, project_id: str, scopes: tuple[Scope, ...]) -> None:
        """Make sure that this key is known (a preset key survives restarts), unless it was before."""
        await self.refresh()
        if digest(secret) in self._doors:
            return
        now = self._clock.now()
        key = new_key(secret, name=name, project_id=project_id, now=now, scopes=scopes)
        with contextlib.suppress(DuplicateId):
            project = Project(id=project_id, name=project_id, created_at=now)
            await self._store.add(project, Act(SERVER, now, "project.create"))
        with contextlib.suppress(DuplicateId, Stale):  # an archived project has no keys
            await self._store.add_key(key, Act(SERVER, now, "key.create"))
        await self.refresh()

    def __len__(self) -> int:
        return sum(self._is_open(door.key) for door in self._doors.values())


def _digest_of(authorization: str | None) -> str:
    first, _, secret = (authorization or "").strip().partition(" ")
    if not secret and first.lower() not in SCHEMES:
        secret = first
    elif first.lower() not in SCHEMES:
        secret = ""
    if not secret:
        raise MissingKey
    return digest(secret.strip())


class _Door(NamedTuple):
    """A secret that is or was a key's, and until when."""

    digest: str
    key: Key
    until: int | None


def _doors(key: Key) -> Iterator[_Door]:
    yield _Door(key.digest, key, key.expires_at)
    for former in key.former:
        ends = former.until if key.expires_at is None else min(former.until, key.expires_at)
        yield _Door(former.digest, key, ends)


def may_use(key: Key, model: str) -> bool:
    """Whether a key may use the model of that public id."""
    return not key.models or any(fnmatchcase(model, pattern) for pattern in key.models)


def check_scope(key: Key, scope: Scope | None) -> None:
    """Raise KeyForbidden if a key has not that scope; None asks for none."""
    if scope is not None and scope not in key.scopes:
        raise KeyForbidden(f"this API key may not {_DEEDS[scope]}; its scopes: {', '.join(key.scopes)}")


def check_model(key: Key, model: str) -> None:
    """Raise ModelForbidden if a key may not use a model."""
    if not may_use(key, model):
        raise ModelForbidden(model)


def key_state(key: Key, now: int) -> str:
    """Return `valid`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and now >= key.expires_at else "valid"
