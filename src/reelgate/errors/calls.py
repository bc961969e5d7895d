"""Errors for calls that can't be served: their body, a field, an address, or the state of their object."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Self

from reelgate.errors.base import ClientError, shown
from reelgate.request import Trait

_LONGEST_NAME = 60
_NAMED = 5


class MalformedBody(ClientError):
    """The body is not a JSON object. Send UTF-8 JSON with Content-Type: application/json."""

    code = "invalid_json"


class InvalidField(ClientError):
    """A field is missing, of the wrong type or out of range.

    `field` is the name as the client wrote it, `value` what was sent (shortened), `allowed` what is taken.
    """

    code = "invalid_parameter"

    def __init__(self, field: str, message: str, *, value: Any = None, allowed: str | None = None) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(message)

    @classmethod
    def missing(cls, field: str, wanted: str) -> InvalidField:
        """Build the error for a field that must be there."""
        return MissingField(field, f"{field} is required: {wanted}", allowed=wanted)

    @classmethod
    def wrong_type(cls, field: str, value: Any, wanted: str) -> InvalidField:
        """Build the error for a value of another JSON type than `wanted`."""
        return cls(field, f"{field} must be {wanted}, not {shown(value)}", value=value, allowed=wanted)

    @classmethod
    def out_of_range(cls, field: str, value: Any, allowed: str) -> InvalidField:
        """Build the error for a value outside what the model takes."""
        return cls(field, f"{field} is {shown(value)}; allowed: {allowed}", value=value, allowed=allowed)

    @classmethod
    def not_one_of(cls, field: str, value: Any, choices: Sequence[Any]) -> InvalidField:
        """Build the error for a value that is not one of `choices`."""
        return cls.out_of_range(field, value, ", ".join(str(choice) for choice in choices))


class MissingField(InvalidField):
    """A field that must be there is absent or empty."""


class ItemCount(InvalidField):
    """A list holds too few or too many items."""


class UnknownField(InvalidField):
    """An unknown field or parameter in a strict call, one whose header or key asks for strictness."""

    code = "unknown_parameter"

    @classmethod
    def of(cls, unknown: Sequence[str], known: Sequence[str]) -> UnknownField:
        """Build the error for unknown names; `known` lists the known ones."""
        name = unknown[0]
        close = difflib.get_close_matches(name[:_LONGEST_NAME], known, n=1)
        others = f" (nor {', '.join(one[:_LONGEST_NAME] for one in unknown[1:_NAMED])})" if len(unknown) > 1 else ""
        meant = f"did you mean {close[0]}?" if close else "leave it out, or make neither the call nor its key strict"
        text = f"{name[:_LONGEST_NAME]} is not known here{others}; {meant}"
        return cls(name[:_LONGEST_NAME], text, allowed=close[0] if close else ", ".join(known) or "nothing")


class MediaRefused(InvalidField):
    """An input picture, clip or sound is not what the model takes, or could not be fetched."""

    code = "invalid_media"
    trait = Trait.CONTENT

    def about(self, trait: Trait) -> Self:
        """Return this error, saying what of the input it is about."""
        self.trait = trait
        return self


class UnknownModel(ClientError):
    """No such model. GET /v1/models lists the ones that are served."""

    status = 404
    code = "model_not_found"

    def __init__(self, model: str, seller: str = "") -> None:
        self.model = model
        where = f"at this address but at {seller}'s" if seller else "here"
        super().__init__(f"model {shown(model)} is not served {where}; GET /v1/models lists the models")


class NobodyMakesIt(UnknownModel):
    """The model is in the catalog, but no configured account makes it. The operator adds an account."""

    def __init__(self, model: str, would: Sequence[str]) -> None:
        self.model = model
        accounts = f"; an account of {' or '.join(would)} would" if would else ""
        ClientError.__init__(self, f"nothing on this server makes model {shown(model)}{accounts}; ask its operator")


class SynchronousCall(ClientError):
    """Current user api does not support synchronous calls."""

    status = 403
    code = "synchronous_call"


class RouteNotFound(ClientError):
    """No such route. The page /docs of this server lists them."""

    status = 404
    code = "route_not_found"

    def __init__(self, message: str | None = None, *, way: str = "") -> None:
        super().__init__(f"No such route; {way}" if way else message)


class TaskNotFound(ClientError):
    """No such task for this key."""

    status = 404
    code = "task_not_found"

    def __init__(self, message: str | None = None, *, task_id: str = "", asked: bool = False) -> None:
        self.task_id = task_id
        self.asked = asked
        """Whether the call only asked how the task stands, which some dialects answer without an error."""
        super().__init__(message)


class FileNotFound(ClientError):
    """No such file, or its link is not signed by this server. Query the task for a fresh link."""

    status = 404
    code = "file_not_found"


class AssetNotFound(ClientError):
    """No such asset for this key."""

    status = 404
    code = "asset_not_found"


class WebhookNotFound(ClientError):
    """No such webhook for this key."""

    status = 404
    code = "webhook_not_found"


class MethodNotAllowed(ClientError):
    """This address does not take that method."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"{method} is not allowed here; allowed: {', '.join(allowed)}")


class WrongState(ClientError):
    """The task's state does not allow that."""

    status = 409
    code = "wrong_state"


class BodyTooLarge(ClientError):
    """The request body is over the limit."""

    status = 413
    code = "body_too_large"


class TransferMoved(ClientError):
    """The upload's offset is not the one in the call. Ask for the offset with HEAD, and continue there."""

    status = 409
    code = "upload_offset_conflict"


class OtherVersion(ClientError):
    """This version of the tus protocol is not supported. Send Tus-Resumable: 1.0.0."""

    status = 412
    code = "tus_version"


class WrongContentType(ClientError):
    """The Content-Type is not one that this address takes."""

    status = 415
    code = "unsupported_content_type"


class ChecksumMismatch(ClientError):
    """The data does not match the checksum in the call. Send it again."""

    status = 460
    code = "checksum_mismatch"


class UnknownCoding(ClientError):
    """The body's Content-Encoding is not supported. Send it as it is, or in gzip or deflate."""

    status = 415
    code = "unsupported_content_encoding"


class RangeNotSatisfiable(ClientError):
    """The requested range lies outside the file."""

    status = 416
    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"the file has {size} bytes; the requested range lies outside it")


class KeyReused(ClientError):
    """The Idempotency-Key was sent before with another request. Send each new request with a new key."""

    status = 422
    code = "idempotency_key_reused"
