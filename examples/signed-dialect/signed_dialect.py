"""An example of a dialect in a distribution of its own: install it beside Reelgate and the server speaks it.

Its clients send no API key. They sign a JWT (HS256) with the `signing_secret` that goes with one; `iss` is its id.
It makes videos with the house's fields, and lists them at an address that stands where a query's id would.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.port import Answer, Call, Links, ListedTasks, Operation, Parsed, Route, TaskQuery
from reelgate.dialects.query import Query
from reelgate.dialects.reelgate import DIALECT as HOUSE
from reelgate.errors import ReelgateError
from reelgate.signing import Claim
from reelgate.tasks.record import Task

_VIDEOS = "/signed/v1/videos"


class Signed:
    """Kling's way of signing calls, with the house's fields and answers."""

    name = "signed"
    routes = (
        Route("POST", f"{_VIDEOS}/text2video", Operation.CREATE),
        Route("GET", f"{_VIDEOS}/text2video", Operation.LIST),
        Route("GET", f"{_VIDEOS}/", Operation.QUERY),
    )

    def claim(self, headers: Mapping[str, str]) -> Claim | None:
        """Read the JWT of a call; None if there is none, so that an API key works too."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        signed, _, signature = token.rpartition(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            if header["alg"] != "HS256":
                return None
            ends, begins = int(claims["exp"]) * 1000, int(claims.get("nbf", 0)) * 1000
            return Claim(str(claims["iss"]), partial(_is_signed, signed, signature), ends, begins)
        except (ValueError, KeyError, TypeError):
            return None

    def new_id(self, model: Model, now: int) -> str:
        """Return `signed_` and random characters."""
        return ids.prefixed("signed_", now)

    def new_request_id(self, now: int) -> str:
        """Return a UUID."""
        return ids.uuid7(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call; `model_name` is what others call `model`."""
        named = {"model" if name == "model_name" else name: value for name, value in call.body.items()}
        return HOUSE.parse(Call(call.path, call.headers, named), catalog)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create."""
        return _enveloped(HOUSE.render_created(task, model))

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query."""
        return _enveloped(HOUSE.render(task, model, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        body = {"code": error.status, "message": error.message, "request_id": request_id}
        return Answer(error.status, body)

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call."""
        given = Query(query)
        page, size = given.integer("pageNum", 1, 1000) or 1, given.integer("pageSize", 1, 500) or 30
        return TaskQuery(offset=(page - 1) * size, limit=size, page=page, unknown=given.unknown())

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        shown = [HOUSE.render(task, model, links).body for task, model in listed.tasks]
        return _enveloped(Answer(200, shown))


def _enveloped(answer: Answer) -> Answer:
    body: dict[str, Any] = {"code": 0, "message": "SUCCEED", "data": answer.body}
    return Answer(answer.status, body, answer.headers)


def _is_signed(signed: str, signature: str, secret: str) -> bool:
    expected = hmac.digest(secret.encode(), signed.encode(), "sha256")
    try:
        return hmac.compare_digest(expected, _decoded(signature))
    except ValueError:
        return False


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


DIALECT = Signed()
