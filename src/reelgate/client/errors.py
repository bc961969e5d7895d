"""What the client raises.

ClientError
├── ApiError               the server refused a call: `status`, `code`, `field`, `allowed` say why
│   ├── InvalidRequest     400, 413, 415, 422: the call has to be changed
│   ├── WrongKey           401: no key, or one that opens nothing
│   ├── NoFunds            402: the balance or a limit on spending stands against it
│   ├── Forbidden          403: the key may not do that
│   ├── NotFound           404: no such task, model, webhook or address
│   ├── Conflict           409: the state of things does not allow it
│   ├── RateLimited        429: too much at a time; it was tried for as long as `retry_seconds`
│   ├── ServerFailed       5xx: the server's mistake, or it was away for that long
│   └── UnreadableAnswer   the answer is not a Reelgate server's; what was asked for may have been done
├── Unreachable            no answer for as long as `retry_seconds`
├── TaskFailed             a task ended without a video: `task` is its last answer, `code` the reason
├── WaitedTooLong          a task did not end in time; it continues at the server, and `task` can be waited for again
├── NotOffered             a seller's API has nothing of the kind
├── DamagedFile            a download does not fit its checksum
└── WrongSignature         a webhook's message that this server did not sign, or signed too long ago
"""

from __future__ import annotations

from typing import Any

import httpx2

from reelgate.client.task import RemoteTask

_SHOWN = 200
"""Characters of an answer of another program that an error shows."""


class ClientError(Exception):
    """A call or a task did not succeed."""


def too_long(path: str) -> ClientError:
    """Return the error for a call whose parameters no address can hold."""
    return ClientError(f"the parameters of {path[:_SHOWN]} are too long for an address; give fewer or shorter ones")


class ApiError(ClientError):
    """The server refused a call."""

    def __init__(
        self, status: int, message: str, *, code: str = "", field: str = "", allowed: str = "", request_id: str = ""
    ) -> None:
        self.status = status
        self.code = code
        self.field = field
        """The invalid field, if there is one."""
        self.allowed = allowed
        """The allowed values of that field."""
        self.request_id = request_id
        """The id of the request in the server's log."""
        super().__init__(message)

    @classmethod
    def of(cls, answer: httpx2.Response) -> ApiError:
        """Read a refusal in the house dialect's shape; any other body is shown as it came, shortened."""
        kind = _KINDS.get(answer.status_code, ServerFailed if answer.status_code >= 500 else cls)
        told = {"request_id": answer.headers.get("x-request-id", "")}
        try:
            error: dict[str, Any] = answer.json()["error"]
            message = str(error["message"])
            told |= {
                "code": error["code"] or "",
                "field": error.get("param") or "",
                "allowed": error.get("allowed") or "",
            }
        except (ValueError, KeyError, TypeError):
            message = _seller_s(answer)
        return kind(answer.status_code, message, **told)


def _seller_s(answer: httpx2.Response) -> str:
    """Return another API's details of a refusal, if their places are known."""
    try:
        said: dict[str, Any] = answer.json()
        words = [str(said[name]) for name in ("code", "message") if said.get(name)]
    except (ValueError, KeyError, TypeError, AttributeError):
        words = []
    return f"HTTP {answer.status_code}: {': '.join(words) or answer.text[:_SHOWN]}"


class InvalidRequest(ApiError):
    """The call is wrong and has to be changed."""


class WrongKey(ApiError):
    """No key was sent, or an invalid one."""


class NoFunds(ApiError):
    """The balance or a spending limit does not allow it."""


class Forbidden(ApiError):
    """The key may not do that."""


class NotFound(ApiError):
    """The object does not exist for this key."""


class Conflict(ApiError):
    """The object's state does not allow it."""


class RateLimited(ApiError):
    """Too many calls at a time."""


class ServerFailed(ApiError):
    """The server failed, or is unavailable."""


class UnreadableAnswer(ApiError):
    """An answer that is not what the server gives. What was asked for may have been done."""

    @classmethod
    def instead_of(cls, what: str, answer: httpx2.Response, wrong: str, text: str) -> UnreadableAnswer:
        """Name the address, what was expected there, and the beginning of what came."""
        address = answer.url.copy_with(userinfo=b"", query=None)
        beginning = " ".join(text[:_SHOWN].split())
        told = f"{address} did not answer with {what} ({wrong}); is that the server's address?"
        request_id = answer.headers.get("x-request-id", "")
        return cls(answer.status_code, f"{told} The answer begins: {beginning}", request_id=request_id)


_KINDS: dict[int, type[ApiError]] = {
    400: InvalidRequest,
    401: WrongKey,
    402: NoFunds,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}


class Unreachable(ClientError):
    """The server did not answer; `__cause__` is the last error."""


class TaskFailed(ClientError):
    """A task ended without a video."""

    def __init__(self, task: RemoteTask) -> None:
        self.task = task
        self.code = task.error_code
        super().__init__(task.error or f"the task {task.id} {task.state}")


class WaitedTooLong(ClientError, TimeoutError):
    """A task did not end in time. It continues."""

    def __init__(self, task: RemoteTask, seconds: float) -> None:
        self.task = task
        super().__init__(f"the task {task.id} is {task.state} after {seconds:g} s; it continues at the server")


class NotOffered(ClientError):
    """The seller's API has no such call; a Reelgate server's own API has it."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"the API of {name} has no {what}; a Reelgate server without a dialect does")


class DamagedFile(ClientError):
    """The downloaded bytes differ from the server's file."""


class WrongSignature(ClientError):
    """A message is not from this server, or is too old."""
