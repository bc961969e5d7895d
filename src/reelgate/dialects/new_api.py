"""new-api's own address for videos, `/v1/video/generations`, for every model that no seller claims there."""

from __future__ import annotations

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answer_types.anyfast import Envelope, JobCreated, NoTaskInEnvelope
from reelgate.dialects.answer_types.common import PlainErrorAnswer
from reelgate.dialects.answers import unix
from reelgate.dialects.described import Described
from reelgate.dialects.envelope import enveloped, refusal
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.openai import video_body
from reelgate.dialects.port import UNIVERSAL, Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import find_model
from reelgate.dialects.universal import parse_universal
from reelgate.errors import ReelgateError
from reelgate.tasks.record import Task


class NewApi:
    """Every model in new-api's universal shape."""

    name = UNIVERSAL
    routes = (
        Route("POST", "/v1/video/generations", Operation.CREATE),
        Route("GET", "/v1/video/generations/", Operation.QUERY),
    )
    described = Described(
        answers={Operation.CREATE: JobCreated, Operation.QUERY: Envelope},
        errors=(PlainErrorAnswer, NoTaskInEnvelope),
        examples={
            "/v1/video/generations": ({"model": "animatic", "prompt": "a red fox runs through snow", "duration": 5},)
        },
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return `task_` and 32 alphanumerics."""
        return ids.prefixed("task_", now)

    def new_request_id(self, now: int) -> str:
        """Return 31 characters that begin with the time."""
        return ids.trace_id(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. The inputs in the call decide the mode. Raises ClientError."""
        body = LooseFields(call.body)
        return parse_universal(body, find_model(body, catalog))

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create."""
        body = {
            "id": task.id,
            "task_id": task.id,
            "object": "video",
            "model": task.model,
            "status": "queued",
            "progress": 0,
            "created_at": unix(task.created_at),
        }
        return Answer(200, body)

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query: the task, and around it the same as a video of OpenAI's."""
        return enveloped(task, links, None if task.attempt_id is None else video_body(task, model, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        return refusal(error)


DIALECT = NewApi()
