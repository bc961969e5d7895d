"""AnyFast's wire API: a flat answer to a create, an enveloped one to a query."""

from __future__ import annotations

from typing import Any

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects import anyfast_assets, anyfast_happyhorse, anyfast_seedance
from reelgate.dialects.answer_types.anyfast import Envelope, JobCreated, NoTaskInEnvelope
from reelgate.dialects.answer_types.common import PlainErrorAnswer
from reelgate.dialects.answers import unix
from reelgate.dialects.described import Described
from reelgate.dialects.envelope import enveloped, refusal
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.port import Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import find_model
from reelgate.errors import ReelgateError
from reelgate.tasks.record import Task

_SEEDANCE = "seedance"
"""The family of models that speaks Ark's vocabulary; every other one speaks DashScope's."""


class AnyFast:
    """HappyHorse and Seedance as AnyFast sells them."""

    name = "anyfast"
    routes = (
        Route("POST", "/v1/video/generations", Operation.CREATE),
        Route("GET", "/v1/video/generations/", Operation.QUERY),
        *anyfast_assets.ROUTES,
    )
    described = Described(
        answers={Operation.CREATE: JobCreated, Operation.QUERY: Envelope},
        errors=(PlainErrorAnswer, NoTaskInEnvelope),
        examples={
            "/v1/video/generations": (
                {
                    "model": "seedance",
                    "content": [{"type": "text", "text": "a red fox runs through snow"}],
                    "resolution": "720p",
                    "duration": 5,
                },
                {"model": "happyhorse-1.0-t2v", "prompt": "a red fox runs through snow", "duration": 5},
            )
        },
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return `cgt-…` for Seedance, `asyntask_…` for the rest."""
        return ids.ark_id(now) if model.family == _SEEDANCE else ids.prefixed("asyntask_", now)

    def new_request_id(self, now: int) -> str:
        """Return 31 characters that begin with the time."""
        return ids.trace_id(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Raises ClientError."""
        fields = LooseFields(call.body)
        model = find_model(fields, catalog, self.name)
        if model.family == _SEEDANCE:
            return anyfast_seedance.parse(fields, model)
        return anyfast_happyhorse.parse(fields, model)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create. Seedance's status begins as an empty string."""
        body = {
            "id": task.id,
            "task_id": task.id,
            "object": "video",
            "model": task.model,
            "status": "" if model.family == _SEEDANCE else "queued",
            "progress": 0,
            "created_at": unix(task.created_at),
        }
        return Answer(200, body)

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query: the task, and around it the upstream's own body."""
        return enveloped(task, links, _upstream_body(task, model, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        return refusal(error)


def _upstream_body(task: Task, model: Model, links: Links) -> dict[str, Any] | None:
    """Return None until there is an upstream task."""
    if task.attempt_id is None:
        return None
    if model.family == _SEEDANCE:
        return anyfast_seedance.upstream_body(task, model, links)
    return anyfast_happyhorse.upstream_body(task, links)


DIALECT = AnyFast()
