"""The file of a batch: one create a line, as JSON, and what may be wrong with a line."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate import limits
from reelgate.errors import shown

Json = dict[str, Any]

ENDPOINT = "/v1/videos"
"""Where the lines of a batch go."""


def read_lines(text: str) -> tuple[list[Json], list[Json]]:
    """Return the lines of a batch's file, and what is wrong with them: codes, texts and line numbers from 1."""
    lines: list[Json] = []
    errors: list[Json] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        wrong = _wrong(line, seen)
        if isinstance(wrong, dict):
            lines.append(wrong)
        elif len(errors) < limits.MAX_BATCH_ERRORS:
            errors.append({"code": wrong[0], "message": wrong[1], "param": wrong[2], "line": number})
    if len(lines) > limits.MAX_BATCH_LINES:
        told = f"the file has {len(lines)} requests; allowed: at most {limits.MAX_BATCH_LINES}"
        errors.append({"code": "too_many_requests", "message": told, "param": None, "line": None})
    if not lines and not errors:
        told = "the file has no request; each line is one, as JSON"
        errors.append({"code": "empty_file", "message": told, "param": None, "line": None})
    return ([] if errors else lines), errors


def _wrong(line: str, seen: set[str]) -> Json | tuple[str, str, str | None]:
    """Return what is kept of a line, or what is wrong with it: a code, a text and the field at fault."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return "invalid_json_line", "This line is not parseable as valid JSON.", None
    if not isinstance(found, dict):
        return "invalid_json_line", "This line is not a JSON object.", None
    named, method, url, body = (found.get(name) for name in ("custom_id", "method", "url", "body"))
    checks = (
        (isinstance(named, str) and named, "missing_required_parameter", "custom_id must be a text", "custom_id"),
        (str(named) not in seen, "duplicate_custom_id", f"an earlier line is called {shown(named)} too", "custom_id"),
        (method == "POST", "invalid_method", f"method is {shown(method)}; allowed: POST", "method"),
        (url == ENDPOINT, "mismatched_endpoint", f"url is {shown(url)}; allowed: {ENDPOINT}", "url"),
        (isinstance(body, dict), "missing_required_parameter", "body must be the object that is sent there", "body"),
    )
    for fine, code, told, param in checks:
        if not fine:
            return code, told, param
    seen.add(str(named))
    return {"custom_id": named, "body": body}
