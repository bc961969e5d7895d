"""What an operator can get wrong about projects and keys."""

from __future__ import annotations

from reelgate.errors.base import ClientError


class ProjectNotFound(ClientError):
    """There is no such project."""

    status = 404
    code = "project_not_found"


class KeyNotFound(ClientError):
    """There is no such key."""

    status = 404
    code = "key_not_found"


class AccountNotFound(ClientError):
    """There is no such account at a vendor."""

    status = 404
    code = "account_not_found"


class Taken(ClientError):
    """The id is taken."""

    status = 409
    code = "id_taken"
