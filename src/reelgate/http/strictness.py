"""Strict calls: they are refused if they have unknown fields or parameters.

A call asks for that with `Prefer: handling=strict` (RFC 7240), or its key does for all of its calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import is_typeddict
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Message, Scope

from reelgate import limits
from reelgate.dialects.metadata import FIELD, is_asked
from reelgate.errors import UnknownField
from reelgate.http.body import header, read_body
from reelgate.http.json_body import decode
from reelgate.http.route import Declaration

_STRICT = re.compile(r"(?:^|[,;])\s*handling\s*=\s*\"?strict\"?\s*(?:$|[,;])", re.IGNORECASE)
_NUMBER = re.compile("[0-9]{1,9}")


def is_strict(preferred: str | None) -> bool:
    """Whether the value of a Prefer header asks for it."""
    return preferred is not None and _STRICT.search(preferred) is not None


def unknown_parameters(query: bytes, known: Sequence[str]) -> tuple[str, ...]:
    """Return the parameters of a query string that are not in `known`, each once."""
    names = (name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return tuple(dict.fromkeys(name for name in names if name not in known and not (FIELD in known and is_asked(name))))


def refuse_parameters(query: bytes, known: Sequence[str]) -> None:
    """Raise UnknownField for a parameter that is not in `known`."""
    if unknown := unknown_parameters(query, known):
        raise UnknownField.of(unknown, known)


async def checked(request: Request, declaration: Declaration, *, strict: bool) -> Request:
    """Return a request; of a strict one all parameters and fields are known to its route. Raises UnknownField.

    A body that is not a small JSON object is left to the handler.
    """
    if not strict:
        return request
    refuse_parameters(request.scope["query_string"], [one.name for one in declaration.query or ()])
    types = [kind for kind in declaration.takes if is_typeddict(kind)]
    if not types or not _is_small_json(request.scope):
        return request
    body = await read_body(request.scope, request.receive)
    known = list(dict.fromkeys(name for kind in types for name in kind.__annotations__))
    unknown = [name for name in decode(body) if name not in known] if body.strip() else []
    if unknown:
        raise UnknownField.of(unknown, known)

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, again)


def _is_small_json(scope: Scope) -> bool:
    length = header(scope, b"content-length") or ""
    small = bool(_NUMBER.fullmatch(length)) and int(length) <= limits.MAX_SMALL_BODY_BYTES
    plain = header(scope, b"content-encoding") in (None, "identity")
    return small and plain and "form" not in (header(scope, b"content-type") or "")
