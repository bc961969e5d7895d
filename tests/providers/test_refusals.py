"""How a vendor's refusal of a create is read, whichever vendor it is."""

from __future__ import annotations

import pytest

from reelgate.providers.codes import Codes
from reelgate.providers.port import NotSent, OutcomeUnknown, Rejected
from reelgate.providers.reply import Reply
from reelgate.providers.vendor import refusal


def read(status: int, code: str, retry_after: float = 0.0) -> Exception:
    codes = Codes(account=("Arrears",), model=("Arrears.Model", "Closed"), busy=("Slow",), unsure=("Internal",))
    return refusal(Reply(status, {}, retry_after), code, "m", codes)


def test_a_model_that_the_account_has_not_is_no_fault_of_the_account() -> None:
    """Otherwise a client that repeats it would stop all jobs there."""
    for code in ("Closed", "Closed.Endpoint", "Arrears.Model"):
        error = read(403, code)
        assert isinstance(error, NotSent)
        assert (error.account, error.unsendable) == (False, True)


@pytest.mark.parametrize(("status", "code"), [(400, "Arrears"), (401, ""), (402, ""), (403, ""), (404, "Elsewhere")])
def test_what_only_the_operator_can_mend(status: int, code: str) -> None:
    error = read(status, code)

    assert isinstance(error, NotSent)
    assert (error.account, error.unsendable) == (True, False)


@pytest.mark.parametrize(("status", "code"), [(400, "Slow"), (429, ""), (200, "Slow.Queue")])
def test_what_passes_by_itself(status: int, code: str) -> None:
    error = read(status, code, retry_after=7.0)

    assert isinstance(error, NotSent)
    assert (error.account, error.unsendable, error.retry_after) == (False, False, 7.0)


@pytest.mark.parametrize(("status", "code"), [(200, ""), (408, "x"), (400, "Internal"), (200, "Internal.Timeout")])
def test_what_says_nothing(status: int, code: str) -> None:
    assert isinstance(read(status, code), OutcomeUnknown)


def test_anything_else_is_a_fault_of_the_job() -> None:
    error = read(400, "Slowly")

    assert isinstance(error, Rejected)
    assert (error.code, error.message) == ("Slowly", "m")
