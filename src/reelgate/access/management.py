"""What an operator does with projects and keys, over HTTP and on the command line: one set of rules for both."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from reelgate import limits
from reelgate.access.fields import KEY, PROJECT, read_fields, read_id, whole
from reelgate.access.keyring import digest, new_key, new_secret, prefix
from reelgate.clock import Clock
from reelgate.errors import InvalidField, KeyNotFound, ProjectNotFound, StoreError, Taken, WrongState
from reelgate.tasks.projects import Act, Former, Key, Project, ProjectStore
from reelgate.tasks.store import DuplicateId, Stale

_TRIES = 5  # of a change that another one got in the way of
_overlap = whole(0, limits.MAX_KEY_OVERLAP_SECONDS)


class Manager:
    """Makes and changes projects and keys; the audit log records each change under `actor`.

    Bodies are JSON objects with the fields of `reelgate.access.fields`. Raises InvalidField for what they can't hold,
    ProjectNotFound, KeyNotFound, WrongState, Taken and StoreError.
    """

    def __init__(self, store: ProjectStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def project(self, project_id: str) -> Project:
        """Return a project."""
        project = await self._store.get(project_id)
        if project is None:
            raise ProjectNotFound(f"there is no project {project_id!r}")
        return project

    async def key(self, key_id: str) -> Key:
        """Return a key."""
        key = await self._store.key(key_id)
        if key is None:
            raise KeyNotFound(f"there is no key {key_id!r}")
        return key

    async def add_project(self, body: Mapping[str, Any], actor: str) -> Project:
        """Make a project, under the `id` that the body names or one of its own."""
        wanted = read_fields(body, {"id": read_id, **PROJECT})
        if "name" not in wanted:
            raise InvalidField.missing("name", "what people call the project")
        act = self._act(actor, "project.create")
        project = Project(**{"id": f"proj_{secrets.token_hex(8)}", "created_at": act.at, **wanted})
        try:
            await self._store.add(project, act)
        except DuplicateId:
            raise Taken(f"project {project.id!r} already exists; change it, or choose another id") from None
        return project

    async def change_project(self, project_id: str, body: Mapping[str, Any], actor: str) -> Project:
        """Set fields of a project."""
        wanted = read_fields(body, PROJECT)
        return await self._moved(project_id, lambda old: replace(old, **wanted), self._act(actor, "project.change"))

    async def archive_project(self, project_id: str, actor: str) -> Project:
        """Archive a project: its keys stop working, its open tasks continue. It can be restored."""
        act = self._act(actor, "project.archive")
        return await self._moved(project_id, lambda old: replace(old, archived_at=old.archived_at or act.at), act)

    async def restore_project(self, project_id: str, actor: str) -> Project:
        """Open an archived project again."""
        act = self._act(actor, "project.restore")
        return await self._moved(project_id, lambda old: replace(old, archived_at=None), act)

    async def add_key(self, body: Mapping[str, Any], actor: str) -> tuple[Key, str]:
        """Make a key of the project `project_id`; return it with its secret, which is not stored."""
        wanted = read_fields(body, {"project_id": read_id, **KEY})
        for field, what in (("project_id", "the project whose tasks it sees"), ("name", "what the key is for")):
            if field not in wanted:
                raise InvalidField.missing(field, what)
        act, secret = self._act(actor, "key.create"), new_secret()
        named = new_key(secret, name=wanted["name"], project_id=wanted["project_id"], now=act.at)
        key = replace(named, **wanted)
        try:
            await self._store.add_key(key, act)
        except Stale:
            project = await self.project(key.project_id)
            raise WrongState(f"project {project.id!r} is archived; restore it first") from None
        return key, secret

    async def change_key(self, key_id: str, body: Mapping[str, Any], actor: str) -> Key:
        """Set fields of a key that is not revoked."""
        wanted = read_fields(body, KEY)
        return await self._turned(key_id, lambda old: replace(_valid(old), **wanted), self._act(actor, "key.change"))

    async def revoke_key(self, key_id: str, actor: str) -> Key:
        """Revoke a key, for good; one that is revoked already stays as it is."""
        act = self._act(actor, "key.revoke")
        return await self._turned(key_id, lambda old: replace(old, revoked_at=old.revoked_at or act.at), act)

    async def rotate_key(self, key_id: str, body: Mapping[str, Any], actor: str) -> tuple[Key, str]:
        """Give a key a new secret; every former one opens for at most `overlap_seconds` more, by default a day."""
        wanted = {"overlap_seconds": limits.KEY_OVERLAP_SECONDS, **read_fields(body, {"overlap_seconds": _overlap})}
        act, secret = self._act(actor, "key.rotate"), new_secret()
        ends = act.at + wanted["overlap_seconds"] * 1000

        def rotated(old: Key) -> Key:
            former = (*_valid(old).former, Former(old.digest, ends))
            shortened = tuple(Former(one.digest, min(one.until, ends)) for one in former)
            return replace(old, digest=digest(secret), prefix=prefix(secret), former=shortened)

        return await self._turned(key_id, rotated, act), secret

    def _act(self, actor: str, action: str) -> Act:
        return Act(actor, self._clock.now(), action)

    async def _moved(self, project_id: str, move: Callable[[Project], Project], act: Act) -> Project:
        for _ in range(_TRIES):
            old = await self.project(project_id)
            new = move(old)
            if new == old:
                return old
            try:
                return await self._store.change(old, new, act)
            except Stale:
                continue
        raise StoreError("the project is being changed by others; try again")

    async def _turned(self, key_id: str, turn: Callable[[Key], Key], act: Act) -> Key:
        for _ in range(_TRIES):
            old = await self.key(key_id)
            new = turn(old)
            if new == old:
                return old
            try:
                return await self._store.change_key(old, new, act)
            except Stale:
                continue
        raise StoreError("the key is being changed by others; try again")


def _valid(key: Key) -> Key:
    if key.revoked_at is not None:
        raise WrongState(f"key {key.id!r} is revoked, which can't be undone; make a new key")
    return key
