"""Errors of the server itself."""

from __future__ import annotations

from reelgate.errors.base import ReelgateError


class ServiceError(ReelgateError):
    """The server can't do that now."""

    status = 503
    code = "service_unavailable"


class Unavailable(ServiceError):
    """The server is stopping or overloaded. Try again shortly."""

    retry_after = 5


class Damaged(ServiceError):
    """What the journal holds under that id can't be read any more. Its operator finds the reason in the log."""

    status = 500
    code = "damaged"
    may_repeat = False


class StoreError(ServiceError):
    """The journal could not be read or written. Try again shortly.

    `unsure` is set where a write may have been committed although its outcome was not heard, `hung` where the database
    kept us waiting without a word.
    """

    code = "store_unavailable"
    retry_after: int | None = 5
    unsure = False
    hung = False
    said = ""
    """What happened, where the database's own words don't say it."""

    @property
    def why(self) -> str:
        """What the database said, for the log; clients are not told."""
        return self.said or (repr(self.__cause__) if self.__cause__ else self.message)


class InDoubt(ReelgateError):
    """The task may have been made, or was made, and no answer can say more. Look for its id before ordering again.

    `task_id` is that id, drawn before anything was written. The status is the one that no known client repeats.
    """

    status = 400
    code = "in_doubt"
    may_repeat = False

    def __init__(self, task_id: str, message: str) -> None:
        self.task_id = task_id
        super().__init__(message)


class Unconfirmed(InDoubt):
    """The journal did not answer while the task was written: it may exist. Query its id before sending it again."""

    code = "unconfirmed"

    def __init__(self, task_id: str) -> None:
        super().__init__(
            task_id,
            f"the journal did not confirm the task {task_id}: it may exist; query that id, and send the create again "
            "only if there is no such task",
        )


class AnswerFailed(InDoubt):
    """The task was created, but an error of the server prevented the answer. Query it; don't send it again."""

    code = "answer_failed"

    def __init__(self, task_id: str) -> None:
        super().__init__(
            task_id,
            f"the task {task_id} was created, but the server failed to answer (its log has the reason); query that id, "
            "and do not send the create again",
        )
