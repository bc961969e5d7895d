"""The roots of the error tree, and how values are shown in its texts."""

from __future__ import annotations

from typing import Any


class ReelgateError(Exception):
    """An error that is reported to the caller; `status` is its HTTP status, `code` its machine name.

    `may_repeat` says whether the same request may help or at least do no harm when it is sent once more. SDKs repeat
    what they take for passing (408, 409, 429 and every 5xx), so such an answer says so where a retry is useless.
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


def shown(value: Any, limit: int = 80) -> str:
    """Return `value` as it can be in an error text: as JSON has it, at most `limit` characters.

    Of an array or an object only that it is one, since either may be as large and as deep as a body.
    """
    if isinstance(value, list | dict):
        return "an array" if isinstance(value, list) else "an object"
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, str):
        text = f'"{value[:limit]}"'
    return text if len(text) <= limit else text[: limit - 1] + "…"
