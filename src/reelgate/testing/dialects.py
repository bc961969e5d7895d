"""The conformance checks of wire APIs: what `reelgate.dialects.port` promises, checked on any dialect."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from reelgate.catalog import Catalog, Model
from reelgate.dialects.port import Call, Dialect, EndAction, ListedTasks, NativeDialect, Operation
from reelgate.errors import (
    AnswerFailed,
    BodyTooLarge,
    ClientError,
    InDoubt,
    InsufficientFunds,
    InvalidField,
    MethodNotAllowed,
    ModelForbidden,
    NobodyMakesIt,
    RangeNotSatisfiable,
    ReelgateError,
    TaskNotFound,
    Unconfirmed,
    UnknownModel,
    WrongState,
)
from reelgate.limits import MAX_PAGE_SIZE
from reelgate.request import Mode, VideoRequest
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.testing.expect import expect, expect_equal
from reelgate.testing.outputs import sample_output

NOW = 1_777_343_862_625
"""2026-04-28 02:37:42.625 UTC, in milliseconds."""

_ODD_VALUES: tuple[Any, ...] = (None, "", "一", "5", -1, 0, 10**30, 1.5, True, [], [None], [{}], {}, {"type": "text"})
_ODD_KEYS = ("prompt", "input", "parameters", "content", "duration", "image", "images", "seed", "tools", "extra_body")

_ODD_PARAMETERS = (
    "limit",
    "after",
    "order",
    "status",
    "model",
    "start_time",
    "end_time",
    "page_no",
    "page_num",
    "page_size",
)

_WORDED_BY_EACH = (TaskNotFound, WrongState, InsufficientFunds, ModelForbidden)
"""Errors for which the APIs have different statuses."""

_METHODS: dict[Operation, tuple[str, ...]] = {
    Operation.CREATE: ("POST",),
    Operation.QUERY: ("GET",),
    Operation.LIST: ("GET",),
    Operation.CANCEL: ("POST", "DELETE"),
    Operation.DELETE: ("DELETE",),
    Operation.ASSET: ("GET", "POST"),
    Operation.CONTENT: ("GET",),
    Operation.REMIX: ("POST",),
}


def check_dialect(dialect: Dialect, catalog: Catalog) -> None:
    """Hold a dialect to the port, with every model of the catalog.

    Raises AssertionError with a sentence that says what was broken.
    """
    _check_routes(dialect)
    _check_errors(dialect)
    models = list(catalog)
    own = [model for model in models if model.dialect == dialect.name] or models
    for model in own:
        _check_ids(dialect, model)
        _check_parse(dialect, model, catalog)
    for model in models:
        _check_answers(dialect, model)
    _check_list(dialect, own[0])
    _check_endings(dialect, own[0])


def sample_task(model: Model, state: State, *, mode: Mode | None = None, dialect: str = "", **changes: Any) -> Task:
    """Return a task of `model` that looks as tasks in `state` do; `changes` replace fields of the record."""
    begun = state is not State.QUEUED
    request = VideoRequest(
        model=model.id,
        mode=mode or next(iter(model.modes)),
        prompt="一只猫在草地上奔跑",
        resolution=model.default_resolution,
        ratio=model.default_ratio,
        duration=model.duration.default,
        seed=42,
    )
    task = Task(
        seq=1,
        id="task_0Vx1",
        project_id="default",
        key_id="key",
        dialect=dialect or model.dialect,
        provider="animatic",
        request_id="20260428023742625000000FMrSbjcs",
        state=state,
        progress=40 if begun else 0,
        request=request,
        price_micros=476_000,
        created_at=NOW,
        fingerprint=None,
        terms=None,
        trace=None,
        metadata=None,
        started_at=NOW + 27 if begun else None,
        finished_at=NOW + 81_560 if state.ended else None,
        attempts=1 if begun else 0,
        attempt_id="e45a6a1b-6f05-43e5-ab06-ddfdc97587a7" if begun else None,
        output=sample_output() if state in (State.SUCCEEDED, State.CANCELLED) else None,
        error_code="render_failed" if state is State.FAILED else None,
        error_message="the engine ran out of memory" if state is State.FAILED else None,
    )
    return msgspec.structs.replace(task, **changes)


def sample_link(task: Task, name: str) -> str:
    """Make a link as a server does."""
    return f"https://gateway.example/files/{task.id}/{name}?expires=1777430262&signature=ab12"


def every_error() -> Iterator[ReelgateError]:
    """Yield one error of each class in the tree."""
    made: dict[type[ReelgateError], ReelgateError] = {
        UnknownModel: UnknownModel("no-such-model"),
        InDoubt: InDoubt("task_one", "the task may have been made"),
        Unconfirmed: Unconfirmed("task_one"),
        AnswerFailed: AnswerFailed("task_one"),
        NobodyMakesIt: NobodyMakesIt("such-a-model", ["dashscope"]),
        ModelForbidden: ModelForbidden("no-such-model"),
        MethodNotAllowed: MethodNotAllowed("PUT", ["GET", "POST"]),
        BodyTooLarge: BodyTooLarge("the body is over 64 MiB"),
        RangeNotSatisfiable: RangeNotSatisfiable(10),
    }
    waiting: list[type[ReelgateError]] = [ReelgateError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind in made:
            yield made[kind]
        elif issubclass(kind, InvalidField):
            yield kind("duration", "duration is 17; allowed: 3 to 15", value=10**30, allowed="3 to 15")
        else:
            yield kind()


def _check_routes(dialect: Dialect) -> None:
    operations = {route.operation for route in dialect.routes}
    expect({Operation.CREATE, Operation.QUERY} <= operations, f"{dialect.name} can create and query")
    for route in dialect.routes:
        expect(route.method in _METHODS[route.operation], f"{route.method} {route.path} is a {route.operation}")
        about_one = route.path.endswith("/") if route.operation is Operation.QUERY else False
        about_one = about_one or "{id}" in route.path
        needs_one = route.operation not in (Operation.CREATE, Operation.LIST, Operation.ASSET)
        expect(about_one or not needs_one, f"{route.path} says where a task id stands")


def _check_errors(dialect: Dialect) -> None:
    for error in every_error():
        answer = dialect.render_error(error, "request-1")
        what = f"{dialect.name}, {type(error).__name__}"
        if not isinstance(error, _WORDED_BY_EACH):
            expect_equal(answer.status, error.status, f"{what}: the HTTP status")
        expect_equal(answer.status // 100, error.status // 100, f"{what}: whose fault it is")
        expect(isinstance(_encoded(answer.body, what), dict), f"{what}: the body is an object")
        expect(400 <= answer.status < 600, f"{what}: the status says that it is an error")


def _check_ids(dialect: Dialect, model: Model) -> None:
    drawn = [dialect.new_id(model, NOW + step) for step in range(200)]
    expect(drawn == sorted(set(drawn)), f"{dialect.name}: ids of {model.id} differ and grow with time")
    expect(all(re.fullmatch("[0-9A-Za-z_-]{8,64}", one) for one in drawn), f"{dialect.name}: ids fit into an address")
    traces = {dialect.new_request_id(NOW) for _ in range(200)}
    expect_equal(len(traces), 200, f"{dialect.name}: distinct trace ids")


def _check_parse(dialect: Dialect, model: Model, catalog: Catalog) -> None:
    path = next(route.path for route in dialect.routes if route.operation is Operation.CREATE)
    for key in _ODD_KEYS:
        for value in _ODD_VALUES:
            body = {"model": model.id, key: value, "不明": value}
            before = json.dumps(body)
            try:
                parsed = dialect.parse(Call(path, {"x-dashscope-async": "enable"}, body), catalog)
            except ClientError:
                continue
            expect_equal(parsed.request.model, model.id, f"{dialect.name}: the model of {before}")
            expect("不明" in parsed.unknown, f"{dialect.name}: the extra field of {before} is named")
            expect_equal(json.dumps(body), before, f"{dialect.name}: a body after it was parsed")


def _check_answers(dialect: Dialect, model: Model) -> None:
    for mode in model.modes:
        for state in State:
            task = sample_task(model, state, mode=mode)
            what = f"{dialect.name}, {model.id} in {mode}, {state}"
            answer = dialect.render(task, model, sample_link)
            text = json.dumps(_encoded(answer.body, what))
            expect_equal(answer.status, 200, f"{what}: the HTTP status")
            expect(task.id in text, f"{what}: the answer names the task")
            expect_equal("/files/" in text, state is State.SUCCEEDED, f"{what}: a link is there")
            expect_equal(
                (task.error_message or "\0") in text, state is State.FAILED, f"{what}: the failure's text is there"
            )
        created = dialect.render_created(sample_task(model, State.QUEUED, mode=mode), model)
        expect_equal(created.status, 200, f"{dialect.name}, {model.id}: the HTTP status of a create")
        expect(
            "task_0Vx1" in json.dumps(_encoded(created.body, dialect.name)), f"{dialect.name}: a create names the task"
        )


def _check_list(dialect: Dialect, model: Model) -> None:
    """Check that whatever a list call says is read or refused, and that its answer names each task."""
    if not any(route.operation is Operation.LIST for route in dialect.routes):
        return
    native = cast(NativeDialect, dialect)
    for name in _ODD_PARAMETERS:
        for value in ("", "0", "5", "-1", "一", "9" * 30, "queued", "20260428103742"):
            with contextlib.suppress(ClientError):
                wanted = native.parse_list({name: [value]})
                expect(1 <= wanted.limit <= MAX_PAGE_SIZE, f"{dialect.name}: {name}={value} asks for a page")
    tasks = [sample_task(model, state, id=f"task-{state}") for state in State]
    listed = ListedTasks(native.parse_list({}), tuple((task, model) for task in tasks), len(tasks), "request-1")
    answer = native.render_list(listed, sample_link)
    text = json.dumps(_encoded(answer.body, f"{dialect.name}, a list"))
    expect_equal(answer.status, 200, f"{dialect.name}: the HTTP status of a list")
    missing = [task.id for task in tasks if f'"{task.id}"' not in text]
    expect_equal(missing, [], f"{dialect.name}: the tasks that a list does not name")


def _check_endings(dialect: Dialect, model: Model) -> None:
    """Check that a cancel or delete is refused as a matter of the task's state, or else answered."""
    native = cast(NativeDialect, dialect)
    endings = {Operation.CANCEL, Operation.DELETE} & {route.operation for route in dialect.routes}
    for operation in endings:
        for state in State:
            task = sample_task(model, state)
            what = f"{dialect.name}, {operation} of a task that is {state}"
            with contextlib.suppress(WrongState):
                ending = native.ending(operation, task)
                expect(operation is Operation.DELETE or ending is EndAction.CANCEL, f"{what}: a cancel removes nothing")
                answer = native.render_ending(operation, task)
                expect(200 <= answer.status < 300, f"{what}: the HTTP status")
                _encoded(answer.body, what)


def _encoded(body: Any, what: str) -> Any:
    """Return the body after a trip through JSON."""
    try:
        return msgspec.json.decode(msgspec.json.encode(body))
    except (TypeError, ValueError, OverflowError) as error:
        raise AssertionError(f"{what}: the body is JSON: {error}") from error
