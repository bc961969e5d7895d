"""What is ours to mend."""

from __future__ import annotations

from reelgate.errors.base import ReelgateError


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
