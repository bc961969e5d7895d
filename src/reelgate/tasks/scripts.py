"""Each write of the journal as a script: its named queries in one transaction, and their errors."""

from __future__ import annotations

from operator import attrgetter

from reelgate import limits
from reelgate.request import Output, VideoRequest
from reelgate.tasks.database import Script, Step
from reelgate.tasks.parked import Loss, Outcome
from reelgate.tasks.record import AttemptState, NewTask, Task
from reelgate.tasks.rows import as_json, as_text
from reelgate.tasks.states import Edge, Settlement, State
from reelgate.tasks.store import Change, Stale, Unaffordable

Values = dict[str, str | int | None]

DAY_MS = 86_400_000

_AS_IT_IS = tuple(name for name in NewTask.__struct_fields__ if name not in ("request", "counted"))
_as_it_is = attrgetter(*_AS_IT_IS)


def new_task(new: NewTask) -> Values:
    """Return a new task's columns."""
    return {
        **dict(zip(_AS_IT_IS, _as_it_is(new), strict=True)),
        "model": new.request.named,
        "request": as_json(new.request),
        "at": new.created_at,
        "blobs": _blobs(new.request, None),
        "offpeak": int(new.request.offpeak),
        "counted": int(new.counted),
        "day": new.created_at // DAY_MS,
    }


def guard(task: Task) -> Values:
    """Return the parameters that let a write through only while the task is as it was read."""
    return {"id": task.id, "source": task.state, "fence": task.fence}


def move(task: Task, edge: Edge, change: Change) -> Script:
    """Make a move: the guarded update, its attempt, its event, its ledger lines."""
    return (
        Step("move", guard(task) | _moved(task, edge, change), Stale),
        *_attempt(task, change),
        *_files(task, change),
        _event(task, edge, change),
        *_settlement(task, edge, change),
        *_aside(task, change),
    )


def given_up(at: int, code: str, message: str, *, note: str = "", owed: int | None = None) -> Change:
    """Return how a task ends whose submission has an unknown outcome: for its client, not for the submission."""
    return Change(
        at=at,
        note=note,
        error_code=code,
        error_message=message,
        park_look_in_ms=int(limits.LOOK_SOON_SECONDS * 1000),
        park_owed_micros=owed,
    )


def settle(attempt_id: str | None, outcome: Outcome, at: int) -> Step:
    """Write down the outcome of a parked submission, once."""
    return Step("settle_parked", {"attempt_id": attempt_id, "outcome": outcome, "at": at}, Stale)


def lose(loss: Loss | None) -> Script:
    """Write down what a vendor is owed in vain."""
    if loss is None:
        return ()
    values: Values = {name: getattr(loss, name) for name in loss.__struct_fields__}
    return (Step("add_loss", values | {"reason": as_text(loss.reason)}),)


def _aside(task: Task, change: Change) -> Script:
    """Return what a move writes of the task's submission beside the task."""
    steps = []
    if change.park_look_in_ms is not None:
        look_at, owed = change.at + change.park_look_in_ms, change.park_owed_micros
        values: Values = {"id": task.id, "at": change.at, "look_at": look_at, "owed_micros": owed}
        steps.append(Step("park", values, Stale))
    if change.settled is not None:
        steps.append(settle(task.attempt_id, change.settled, change.at))
    return (*steps, *lose(change.loss))


def _moved(task: Task, edge: Edge, change: Change) -> Values:
    target, ended = edge.target, edge.target.ended
    return {
        "target": target,
        "progress": 100 if target is State.SUCCEEDED else _progress(edge, change),
        "restart": int(target is State.QUEUED),
        "anew": int(edge.name == "go_on"),
        "due_at": None if ended or change.due_in_ms is None else change.at + change.due_in_ms,
        "started_at": change.at if target is State.RUNNING else None,
        "finished_at": change.at if ended else None,
        "release": int(change.release or ended),
        "new_attempt": int(_is_new_attempt(task, change)),
        "attempt_id": change.attempt_id,
        "provider": change.provider,
        "hold_until": change.hold_until,
        "made": int(target is State.SUCCEEDED),
        "upstream_ref": as_text(change.upstream_ref),
        "request": None if change.request is None else as_json(change.request),
        "output": None if change.output is None else as_json(change.output),
        "error_code": as_text(change.error_code),
        "error_message": as_text(change.error_message),
        "charged_micros": _charged(task, edge, change),
    }


def _progress(edge: Edge, change: Change) -> int:
    return 0 if edge.target is State.QUEUED else change.progress or 0


def _is_new_attempt(task: Task, change: Change) -> bool:
    return change.attempt_id not in {None, task.attempt_id}


def _attempt(task: Task, change: Change) -> Script:
    values: Values = {
        "id": task.id,
        "attempt_id": change.attempt_id or task.attempt_id,
        "attempt_state": change.attempt_state,
        "upstream_ref": as_text(change.upstream_ref),
        "at": change.at,
    }
    if _is_new_attempt(task, change):
        return (Step("add_attempt", values | {"attempt_state": change.attempt_state or AttemptState.SENDING}, Stale),)
    if change.attempt_state is None and change.upstream_ref is None:
        return ()
    if values["attempt_id"] is None:
        raise ValueError(f"{task.id} has no attempt to write of")
    return (Step("set_attempt", values, Stale),)


def _files(task: Task, change: Change) -> Script:
    if change.request is None and change.output is None:
        return ()
    values: Values = {"id": task.id, "blobs": _blobs(change.request, change.output), "at": change.at}
    return Step("bin_blobs", values), Step("add_blobs", values)  # what is not replaced is spared when the bin is read


def _blobs(request: VideoRequest | None, output: Output | None) -> str:
    """Return the files that these refer to, as JSON: pairs of name and blob."""
    found = [(f"input-{n}", media.blob) for n, media in enumerate(request.media)] if request else []
    if request and request.order:
        found += [(f"part-{n}", media.blob) for n, media in enumerate(request.order.made)]
        found += [(f"ordered-{n}", media.blob) for n, media in enumerate(request.order.inputs)]
    if output:
        found += [("output", output.blob), ("last_frame", output.last_frame)]
        found += [("thumbnail", output.thumbnail), ("contact_sheet", output.contact_sheet)]
    return as_json([pair for pair in found if pair[1]]) if found else "[]"


def _event(task: Task, edge: Edge, change: Change) -> Step:
    values: Values = {"id": task.id, "at": change.at, "name": edge.name, "source": edge.source, "target": edge.target}
    return Step("add_event", values | {"note": as_text(change.note)})


def _settlement(task: Task, edge: Edge, change: Change) -> Script:
    if edge.settlement is Settlement.KEEP:
        return ()
    charged = _charged(task, edge, change)
    values: Values = {"id": task.id, "project_id": task.project_id, "at": change.at, "charged_micros": charged}
    if edge.settlement is Settlement.LATE:
        if not charged:
            return ()
        held = Step("late_hold", values, Unaffordable)
        return Step("use_account", values, Stale), held, Step("late_capture", values, Stale)
    if edge.settlement is Settlement.RELEASE:
        return (Step("release", values, Stale),)
    return Step("capture", values, Stale), Step("release_rest", values)


def _charged(task: Task, edge: Edge, change: Change) -> int | None:
    """Return what an end charges, None for a move that is not an end. Raises ValueError for more than is held."""
    if edge.settlement not in (Settlement.CAPTURE, Settlement.LATE):
        return 0 if edge.target.ended else None
    if edge.settlement is Settlement.LATE and change.charged_micros is None:
        return 0
    charged = task.price_micros if change.charged_micros is None else change.charged_micros
    if not 0 <= charged <= task.price_micros:
        raise ValueError(f"can't charge {charged} micro-units where {task.price_micros} are held")
    return charged
