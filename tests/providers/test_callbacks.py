"""A callback that a vendor signs is believed once, within its minutes, and for what was signed only."""

from __future__ import annotations

import base64
import hashlib
import hmac
from email.utils import formatdate

import pytest

from reelgate import limits
from reelgate.providers.account import Account
from reelgate.providers.callbacks import Callback, HmacSigned, unsigned
from reelgate.providers.configured import callback_checks, configured
from tests.conductor.studio import HandClock

SECRET = "vda_known"  # noqa: S105 (signs nothing real)
PATH = "/callbacks/vidu/0198-token"


def signed(clock: HandClock, *, by: str = SECRET, nonce: str = "n1", age: float = 0) -> Callback:
    """A callback as the vendor's page says: method, path, query, key, date, then each signed header."""
    date = formatdate(clock.now() / 1000 - age, usegmt=True)
    text = f"POST\n{PATH}\na=1\nvidu\n{date}\nDate:{date}\nx-request-nonce:{nonce}\n"
    digest = hmac.new(by.encode(), text.encode(), hashlib.sha256).digest()
    headers = {
        "x-hmac-signature": base64.b64encode(digest).decode(),
        "x-hmac-algorithm": "hmac-sha256",
        "x-hmac-access-key": "vidu",
        "x-hmac-signed-headers": "Date;x-request-nonce",
        "date": date,
        "x-request-nonce": nonce,
    }
    return Callback(PATH, "a=1", headers)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_a_signed_callback_is_believed_once(clock: HandClock) -> None:
    check = HmacSigned("vidu", SECRET, clock)

    assert check(signed(clock)) == ""
    assert "nonce" in check(signed(clock))
    assert check(signed(clock, nonce="n2")) == ""


def test_a_nonce_is_remembered_for_as_long_as_its_date_is_good(clock: HandClock) -> None:
    check = HmacSigned("vidu", SECRET, clock)
    ahead = -limits.CALLBACK_SKEW_SECONDS + 1
    first = signed(clock, age=ahead)
    assert check(first) == ""
    clock.pass_seconds(2 * limits.CALLBACK_SKEW_SECONDS - 2)

    assert "nonce" in check(first)


@pytest.mark.parametrize("age", [limits.CALLBACK_SKEW_SECONDS + 2, -limits.CALLBACK_SKEW_SECONDS - 2])
def test_a_date_far_from_ours_is_refused(clock: HandClock, age: float) -> None:
    assert "date" in HmacSigned("vidu", SECRET, clock)(signed(clock, age=age))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"x-hmac-signature": ""}, "signature"),
        ({"x-hmac-signature": "AAAA"}, "signature"),
        ({"x-hmac-signature": "é"}, "signature"),
        ({"x-request-nonce": "another"}, "signature"),
        ({"date": "yesterday"}, "signature"),
        ({"x-hmac-algorithm": "hmac-sha1"}, "hmac-sha256"),
        ({"x-hmac-signed-headers": "x-request-nonce"}, "not signed"),
        ({"x-hmac-signed-headers": ""}, "not signed"),
    ],
)
def test_what_does_not_fit_its_signature_is_refused(clock: HandClock, changes: dict[str, str], why: str) -> None:
    changed = Callback(PATH, "a=1", {**signed(clock).headers, **changes})

    assert why in HmacSigned("vidu", SECRET, clock)(changed)


def test_another_secret_or_path_is_refused(clock: HandClock) -> None:
    check = HmacSigned("vidu", SECRET, clock)
    elsewhere = Callback("/callbacks/vidu/another", "a=1", signed(clock).headers)

    assert "signature" in check(signed(clock, by="guess"))
    assert "signature" in check(elsewhere)


def test_arks_callbacks_are_unsigned_and_other_vendors_make_none(clock: HandClock) -> None:
    accounts = configured({"ARK_API_KEY": "k", "DASHSCOPE_API_KEY": "k"}, None)

    checks = callback_checks(accounts, clock)

    assert checks == {"ark": unsigned}
    assert checks["ark"](Callback("/", "", {})) == ""


def test_the_callbacks_secret_is_shown_nowhere() -> None:
    hidden = "what nobody may see"

    assert hidden not in repr(Account(name="a", kind="vidu", key=hidden, callback_secret=hidden))
