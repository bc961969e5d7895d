"""The error tree. A dialect renders each of these once; nothing else answers a client.

    ReelgateError
    ├── ClientError                 the caller can mend it: always a 4xx
    │   ├── MalformedRequest   400  not HTTP/1.1, or without a Host
    │   ├── MalformedBody      400  not JSON, not an object, not UTF-8
    │   ├── InvalidField       400  a field is missing, of the wrong type or out of range
    │   │   ├── MissingField   400  one that must be there
    │   │   ├── ItemCount      400  a list holds too few or too many items
    │   │   ├── UnknownField   400  a name that is not known, in a strict call
    │   │   └── MediaRefused   400  a picture, clip or sound that the model does not take
    │   ├── NoPrice            400  the request has no price
    │   ├── InsufficientFunds  402  the balance does not cover the task
    │   │   └── SpendLimit     402  the key or its project would spend more than it may
    │   ├── UnknownModel       404  no such model in this dialect
    │   │   └── NobodyMakesIt  404  no account and no engine makes it
    │   ├── MissingKey         401  no API key was sent
    │   ├── WrongKey           401  the key is unknown or revoked
    │   ├── KeyForbidden       403  the key lacks the scope for that
    │   ├── ModelForbidden     403  the key is not for that model
    │   ├── SynchronousCall    403  a DashScope create without the asynchronous header
    │   ├── RouteNotFound      404  no such address
    │   ├── TaskNotFound       404  no such task for this key
    │   ├── FileNotFound       404  no such file, or its link is wrong
    │   ├── AssetNotFound      404  no such asset, or group of assets, for this key
    │   ├── WebhookNotFound    404  no such webhook, or delivery, for this key
    │   ├── ProjectNotFound    404  no such project, for an operator
    │   ├── KeyNotFound        404  no such key, for an operator
    │   ├── UploadForbidden    403  an upload that no valid policy permits
    │   ├── LinkExpired        403  a signed link past its time
    │   ├── MethodNotAllowed   405
    │   ├── RequestTooSlow     408  its head or body did not arrive in time
    │   ├── Taken              409  the id of a new project is taken
    │   ├── WrongState         409  the task's state forbids it (cancel after the end, delete before)
    │   ├── BodyTooLarge       413  too many bytes, or too many values
    │   ├── UnknownCoding      415  a body packed in a way that is not read here
    │   ├── RangeNotSatisfiable 416
    │   ├── ExpectationFailed  417  an Expect that is not 100-continue
    │   ├── KeyReused          422  an idempotency key comes with another request than before
    │   ├── RateLimited        429  too many calls in a minute: try again after `retry_after` seconds
    │   │   └── Crowded        429  the project has as many calls under way as it may
    │   ├── TooManyTasks       429  the key or its project has as many open tasks as it may
    │   └── HeadersTooLarge    431  more headers or trailers than are taken
    ├── ServiceError                ours to mend: 5xx
    │   ├── Damaged            500  a row of the journal can't be read
    │   ├── Unavailable        503  draining or overloaded: try again after `retry_after` seconds
    │   └── StoreError         503  the journal could not be read or written
    └── InDoubt             400     a task that exists, or may: the one status that no known client repeats
        ├── Unconfirmed        400  the journal stayed away while the task was written
        └── AnswerFailed       400  it was written, and a mistake of ours kept its answer back

Programming errors are deliberately outside the tree, so that catching a client's mistake never hides one.
"""

from __future__ import annotations

from reelgate.errors.access import (
    KeyForbidden,
    LinkExpired,
    MissingKey,
    ModelForbidden,
    UploadForbidden,
    WrongKey,
)
from reelgate.errors.admin import (
    AccountNotFound,
    ConfigRefused,
    KeyNotFound,
    ProjectNotFound,
    Taken,
)
from reelgate.errors.base import (
    ClientError,
    ReelgateError,
    shown,
)
from reelgate.errors.calls import (
    AssetNotFound,
    BodyTooLarge,
    ChecksumMismatch,
    FileNotFound,
    InvalidField,
    ItemCount,
    KeyReused,
    MalformedBody,
    MediaRefused,
    MethodNotAllowed,
    MissingField,
    NobodyMakesIt,
    OtherVersion,
    RangeNotSatisfiable,
    RouteNotFound,
    SynchronousCall,
    TaskNotFound,
    TransferMoved,
    UnknownCoding,
    UnknownField,
    UnknownModel,
    WebhookNotFound,
    WrongContentType,
    WrongState,
)
from reelgate.errors.limits import (
    Crowded,
    RateLimited,
    TooManyTasks,
)
from reelgate.errors.money import (
    InsufficientFunds,
    NoPrice,
    SpendLimit,
)
from reelgate.errors.service import (
    AnswerFailed,
    Damaged,
    InDoubt,
    ServiceError,
    StoreError,
    Unavailable,
    Unconfirmed,
)
from reelgate.errors.wire import (
    ExpectationFailed,
    HeadersTooLarge,
    MalformedRequest,
    RequestTooSlow,
)

__all__ = [
    "AccountNotFound",
    "AnswerFailed",
    "AssetNotFound",
    "BodyTooLarge",
    "ChecksumMismatch",
    "ClientError",
    "ConfigRefused",
    "Crowded",
    "Damaged",
    "ExpectationFailed",
    "FileNotFound",
    "HeadersTooLarge",
    "InDoubt",
    "InsufficientFunds",
    "InvalidField",
    "ItemCount",
    "KeyForbidden",
    "KeyNotFound",
    "KeyReused",
    "LinkExpired",
    "MalformedBody",
    "MalformedRequest",
    "MediaRefused",
    "MethodNotAllowed",
    "MissingField",
    "MissingKey",
    "ModelForbidden",
    "NoPrice",
    "NobodyMakesIt",
    "OtherVersion",
    "ProjectNotFound",
    "RangeNotSatisfiable",
    "RateLimited",
    "ReelgateError",
    "RequestTooSlow",
    "RouteNotFound",
    "ServiceError",
    "SpendLimit",
    "StoreError",
    "SynchronousCall",
    "Taken",
    "TaskNotFound",
    "TooManyTasks",
    "TransferMoved",
    "Unavailable",
    "Unconfirmed",
    "UnknownCoding",
    "UnknownField",
    "UnknownModel",
    "UploadForbidden",
    "WebhookNotFound",
    "WrongContentType",
    "WrongKey",
    "WrongState",
    "shown",
]
