"""The shared part of `callback_url`, an address of a task that is called when it changes."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from reelgate import limits
from reelgate.dialects.fields import Fields
from reelgate.dialects.request_builder import Draft
from reelgate.errors import InvalidField
from reelgate.tasks.states import State

FIELD = "callback_url"


def read_callback(draft: Draft, fields: Fields) -> None:
    """Read a create's `callback_url`. Raises InvalidField."""
    url = fields.string(FIELD)
    if not url:
        return
    check_address(fields.path(FIELD), url)
    draft.put(FIELD, url, fields.path(FIELD))


def check_address(field: str, url: str) -> None:
    """Raise InvalidField for an address that no message can be posted to."""
    if problem := _problem(url):
        allowed = f"an https:// or http:// address of at most {limits.WEBHOOK_URL_CHARS} characters"
        raise InvalidField(field, f"{field}: {problem}; allowed: {allowed}", value=url, allowed=allowed)


def changed_word(words: Mapping[State, str], told: frozenset[str], before: State | None, after: State) -> str:
    """Return the word of the new state, "" if it is the same as before or is not reported."""
    word = words[after]
    return word if word in told and (before is None or words[before] != word) else ""


def _problem(url: str) -> str:
    if len(url) > limits.WEBHOOK_URL_CHARS:
        return f"it has {len(url)} characters"
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError):
        return "it is not a valid address"
    wrong = {
        "it holds characters that no address has": not url.isprintable() or any(char.isspace() for char in url),
        "it does not begin with https:// or http://": parsed.scheme not in ("http", "https"),
        "its port must be between 1 and 65535": parsed.port is not None and not 0 < parsed.port < 65536,
        "it must not carry a user name or password": bool(parsed.userinfo),
        "it names no valid host": not parsed.host or "%" in parsed.host,
    }
    return next((problem for problem, found in wrong.items() if found), "")
