"""The error tree. A dialect renders each of these once; nothing else answers a client.

    ReelgateError
    ├── ClientError                 the caller can mend it: always a 4xx
    │   ├── MalformedBody      400  not JSON, not an object, not UTF-8
    │   ├── InvalidField       400  a field is missing, of the wrong type or out of range
    │   │   ├── MissingField   400  one that must be there
    │   │   ├── ItemCount      400  a list holds too few or too many items
    │   │   └── MediaRefused   400  a picture, clip or sound that the model does not take
    │   ├── UnknownModel       404  no such model in this dialect
    │   ├── MissingKey         401  no API key was sent
    │   ├── WrongKey           401  the key is unknown or revoked
    │   ├── SynchronousCall    403  a DashScope create without the asynchronous header
    │   ├── RouteNotFound      404  no such address
    │   ├── TaskNotFound       404  no such task for this key
    │   ├── FileNotFound       404  no such file, or its link is wrong
    │   ├── AssetNotFound      404  no such asset, or group of assets, for this key
    │   ├── UploadForbidden    403  an upload that no valid policy permits
    │   ├── LinkExpired        403  a signed link past its time
    │   ├── MethodNotAllowed   405
    │   ├── WrongState         409  the task's state forbids it (cancel after the end, delete before)
    │   ├── BodyTooLarge       413
    │   ├── RangeNotSatisfiable 416
    │   └── KeyReused          422  an idempotency key comes with another request than before
    └── ServiceError                ours to mend: 5xx
        ├── Unavailable        503  draining or overloaded: try again after `retry_after` seconds
        └── StoreError         503  the journal could not be read or written
            └── Unconfirmed    503  a create may have been written all the same

Programming errors are deliberately outside the tree, so that catching a client's mistake never hides one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from reelgate.request import Trait


class ReelgateError(Exception):
    """Something went wrong that a caller is told about; `status` is its HTTP status, `code` its machine name.

    `may_repeat` says whether the same request may help or at least do no harm when it is sent once more. SDKs repeat
    what they take for passing (408, 409, 429 and every 5xx), so they are told where it is not.
    """

    status = 500
    code = "internal_error"
    retry_after: int | None = None
    may_repeat: bool = True

    def __init__(self, message: str | None = None) -> None:
        self.message = message if message is not None else str(self.__doc__).splitlines()[0]
        super().__init__(self.message)


class ClientError(ReelgateError):
    """The request can't be served as it is."""

    status = 400
    code = "invalid_request"
    may_repeat = False


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
        """Build the error for a value that is none of `choices`."""
        return cls.out_of_range(field, value, ", ".join(str(choice) for choice in choices))


class MissingField(InvalidField):
    """A field that must be there is absent or empty."""


class ItemCount(InvalidField):
    """A list holds too few or too many items."""


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


class MissingKey(ClientError):
    """No token provided. Send your API key as Authorization: Bearer <key>."""

    status = 401
    code = "missing_api_key"


class WrongKey(ClientError):
    """The API key is unknown or revoked."""

    status = 401
    code = "invalid_api_key"


class SynchronousCall(ClientError):
    """Current user api does not support synchronous calls."""

    status = 403
    code = "synchronous_call"


class RouteNotFound(ClientError):
    """There is nothing at this address. The README lists the routes."""

    status = 404
    code = "route_not_found"


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


class UploadForbidden(ClientError):
    """The upload is not permitted. Ask for a policy, and send the form that it describes within its time."""

    status = 403
    code = "upload_forbidden"


class LinkExpired(ClientError):
    """The link has expired. Query the task for a fresh one."""

    status = 403
    code = "link_expired"


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


class ServiceError(ReelgateError):
    """The server can't do that now."""

    status = 503
    code = "service_unavailable"


class Unavailable(ServiceError):
    """The server is stopping or overloaded. Try again shortly."""

    retry_after = 5


class StoreError(ServiceError):
    """The journal could not be read or written. Try again shortly.

    `unsure` is set where a write may have been committed although its outcome was not heard.
    """

    code = "store_unavailable"
    retry_after: int | None = 5
    unsure = False

    @property
    def why(self) -> str:
        """What the database said, for the log; clients are not told."""
        return repr(self.__cause__) if self.__cause__ else self.message


class Unconfirmed(StoreError):
    """The journal did not confirm the task: it may exist. Look at the list of tasks before sending it again."""

    code = "unconfirmed"
    retry_after = None
    may_repeat = False


def shown(value: Any, limit: int = 80) -> str:
    """Return `value` as it may stand in an error text: as JSON has it, at most `limit` characters.

    Of an array or an object only that it is one, since either may be as large and as deep as a body.
    """
    if isinstance(value, list | dict):
        return "an array" if isinstance(value, list) else "an object"
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, str):
        text = f'"{value[:limit]}"'
    return text if len(text) <= limit else text[: limit - 1] + "…"
