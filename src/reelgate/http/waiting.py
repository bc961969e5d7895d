"""How long a query waits for a change: `?wait=SECONDS`, or `Prefer: wait=SECONDS` of RFC 7240."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.types import Scope

from reelgate.dialects.query import Parameter
from reelgate.errors import InvalidField
from reelgate.http.body import header
from reelgate.http.strictness import is_strict, refuse_parameters
from reelgate.limits import WAIT_SECONDS

WAIT = Parameter(
    "wait",
    {
        "type": "number",
        "minimum": 0,
        "maximum": WAIT_SECONDS,
        "description": "Seconds to wait: a query for a change of the task, a create for the task's end. "
        "`Prefer: wait=SECONDS` does the same.",
    },
)

_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_PREFERRED = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,9})\"?\s*(?:$|[,;])", re.IGNORECASE)


def wait_seconds(scope: Scope, *, strict: bool) -> float:
    """Return the seconds that a request wants to wait, 0 for none.

    Raises InvalidField for a `wait` out of range, and for others where the request or its key (`strict`) wants that.

    A preference is not a demand: one above the longest wait counts as the longest.
    """
    query: bytes = scope["query_string"]
    preferred = header(scope, b"prefer")
    if query and (strict or is_strict(preferred)):
        refuse_parameters(query, ("wait",))
    if b"wait" in query:
        given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("wait")
        if given:
            return _read(given[-1])
    found = _PREFERRED.search(preferred) if preferred else None
    return min(float(found[1]), WAIT_SECONDS) if found else 0.0


def _read(text: str) -> float:
    if not _SECONDS.fullmatch(text) or float(text) > WAIT_SECONDS:
        raise InvalidField.out_of_range("wait", text, f"seconds from 0 to {WAIT_SECONDS:g}")
    return float(text)
