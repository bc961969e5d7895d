"""Errors for calls that their sender may not make."""

from __future__ import annotations

from reelgate.errors.base import ClientError, shown


class MissingKey(ClientError):
    """No token provided. Send your API key as Authorization: Bearer <key>."""

    status = 401
    code = "missing_api_key"


class WrongKey(ClientError):
    """The API key is unknown or revoked."""

    status = 401
    code = "invalid_api_key"


class KeyForbidden(ClientError):
    """This API key may not do that."""

    status = 403
    code = "insufficient_scope"


class ModelForbidden(ClientError):
    """This API key is not for that model."""

    status = 403
    code = "model_not_allowed"

    def __init__(self, model: str) -> None:
        self.model = model
        super().__init__(f"this API key may not use model {shown(model)}; ask its owner for one that may")


class UploadForbidden(ClientError):
    """The upload is not permitted. Ask for a policy, and send the form that it describes within its time."""

    status = 403
    code = "upload_forbidden"


class LinkExpired(ClientError):
    """The link has expired. Query the task for a fresh one."""

    status = 403
    code = "link_expired"
