"""Errors in operators' calls: projects, keys, accounts, files."""

from __future__ import annotations

from typing import Any

from reelgate.errors.base import ClientError
from reelgate.errors.calls import InvalidField


class ProjectNotFound(ClientError):
    """The project does not exist."""

    status = 404
    code = "project_not_found"


class KeyNotFound(ClientError):
    """The key does not exist."""

    status = 404
    code = "key_not_found"


class AccountNotFound(ClientError):
    """The account at a vendor does not exist."""

    status = 404
    code = "account_not_found"


class Taken(ClientError):
    """The id is taken."""

    status = 409
    code = "id_taken"


class ConfigRefused(InvalidField):
    """The operator's file is wrong, or needs a restart; nothing has changed. Correct it where the message says.

    `field` is the name as it stands in the file, `line` the line of the file, 0 if it is unknown.
    """

    code = "config_refused"

    def __init__(
        self, field: str, message: str, *, value: Any = None, allowed: str | None = None, line: int = 0
    ) -> None:
        self.line = line
        super().__init__(field, message, value=value, allowed=allowed)
