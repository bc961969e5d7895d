"""The key that a new server begins with."""

from __future__ import annotations

from reelgate.access.keyring import KeyRing, new_secret
from reelgate.server.data_folder import DataFolder
from reelgate.tasks.projects import Scope

FIRST_PROJECT = "default"


async def first_key(keys: KeyRing, folder: DataFolder, preset: str) -> tuple[str, bool]:
    """Make sure that there is a key; return it as far as it is known, and whether this start made it."""
    if not preset and len(keys):
        return folder.kept_key(), False
    secret = preset or new_secret()
    folder.keep_key(secret)  # first, so that a crash between the two can't leave a key that nobody knows
    await keys.ensure(secret, name="first", project_id=FIRST_PROJECT, scopes=tuple(Scope))
    return secret, not preset
