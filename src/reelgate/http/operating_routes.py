"""`/admin/v1`: accounts, tasks of all projects and their histories, for keys with the admin scope.

An operator sees how a task went, not what it shows: no prompt, no input, no video.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.access.shown import seconds
from reelgate.clock import Clock
from reelgate.conductor.accounts import Accounts, AccountState
from reelgate.conductor.health import Condition
from reelgate.conductor.loop import Conductor
from reelgate.conductor.reloading import Reloading
from reelgate.conductor.settling import Settling, Verdict
from reelgate.conductor.waiting import Waiting, Why
from reelgate.dialects.query import text, whole
from reelgate.errors import InvalidField, TaskNotFound, WrongState
from reelgate.http.admin_routes import AdminCall, AdminRoutes, Json, act, limit_of
from reelgate.http.answer_types.operating import (
    AccountAnswer,
    AccountList,
    AccountPause,
    AccountSettle,
    AccountTest,
    OperatorTaskPage,
    Reload,
    ReloadAnswer,
    SettledList,
    TaskSettle,
    TaskStory,
)
from reelgate.http.answer_types.storage import ProjectStorageList, StorageKind, storage_body
from reelgate.http.answer_types.tasks import TaskDeleted
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.task_routes import read_states
from reelgate.tasks.lists import Everywhere
from reelgate.tasks.money import CURRENCY
from reelgate.tasks.projects import Act
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

_TASKS = (
    *(text(name) for name in ("project_id", "key_id", "account", "model", "error_code", "status")),
    whole("created_after", 0, 2**40, "Unix seconds."),
    whole("created_before", 0, 2**40, "Unix seconds."),
    whole("cursor", 0, 2**62, "The page before's `next_cursor`."),
    whole("limit", 1, limits.MAX_PAGE_SIZE),
)


class OperatingRoutes(AdminRoutes):
    """The routes of accounts and tasks under `/admin/v1`."""

    def __init__(
        self,
        *,
        store: TaskStore,
        keys: KeyRing,
        clock: Clock,
        accounts: Accounts,
        settling: Settling,
        waiting: Waiting,
        conductor: Conductor,
        recent: RecentAnswers,
        reloading: Reloading,
    ) -> None:
        super().__init__(keys, clock)
        self._reloading = reloading
        self._store = store
        self._accounts = accounts
        self._settling = settling
        self._waiting = waiting
        self._conductor = conductor
        self._recent = recent

    # Accounts

    @act("GET", "accounts", "the accounts", AccountList)
    async def accounts(self, ask: AdminCall) -> Json:
        """List the accounts at vendors and the built-in engine, as this server sees them."""
        return {"object": "list", "data": [account_body(one) for one in await self._accounts.all()]}

    @act("GET", "accounts/{id}", "the account", AccountAnswer)
    async def account(self, ask: AdminCall) -> Json:
        """Show an account."""
        return account_body(await self._accounts.one(ask.id))

    @act("POST", "accounts/{id}/pause", "the account", AccountAnswer, takes=AccountPause)
    async def pause(self, ask: AdminCall) -> Json:
        """Send no jobs to an account until it is resumed; `reason` says why. Running jobs continue."""
        await self._accounts.pause(ask.id, _reason(ask.body), ask.actor)
        return account_body(await self._accounts.one(ask.id))

    @act("POST", "accounts/{id}/resume", "the account", AccountAnswer)
    async def resume(self, ask: AdminCall) -> Json:
        """Use an account again immediately, even if it was paused after errors."""
        await self._accounts.resume(ask.id, ask.actor)
        return account_body(await self._accounts.one(ask.id))

    @act("POST", "accounts/{id}/test", "what it said", AccountTest)
    async def test(self, ask: AdminCall) -> Json:
        """Query an account for a job that can't exist: free, and shows whether its key works."""
        found = await self._accounts.test(ask.id)
        return {"object": "account.test", "account": ask.id, **msgspec.to_builtins(found)}

    @act("POST", "accounts/{id}/settle", "the settled submissions", SettledList, takes=AccountSettle)
    async def settle_all(self, ask: AdminCall) -> Json:
        """Settle all unknown submissions of an account: `verdict` is `not_taken` or `give_up`."""
        await self._accounts.one(ask.id)
        verdict = _verdict(ask.body, ("not_taken", "give_up"))
        told = await self._settling.all_of(ask.id, verdict)
        await self._noted(ask, "account.settle", "", {"verdict": verdict, "tasks": len(told)})
        return {"object": "list", "data": [{"id": task_id, "is": state} for task_id, state in told]}

    # Files

    @act("GET", "storage", "the used space", ProjectStorageList)
    async def storage(self, ask: AdminCall) -> Json:
        """Show how many files each project holds, and how many bytes, by kind; projects without any are left out."""
        held: dict[str, dict[str, StorageKind]] = {}
        for one in await self._store.files.held():
            held.setdefault(one.project_id, {})[one.kind] = {"files": one.files, "bytes": one.bytes}
        return {"object": "list", "data": [{"project_id": name, **storage_body(held[name])} for name in sorted(held)]}

    @act("POST", "reload", "the changes", ReloadAnswer, takes=Reload)
    async def reload(self, ask: AdminCall) -> Json:
        """Read the operator's files again and apply accounts, limits, models and prices; `check` only shows changes.

        It is this server that does so, none of its siblings on the journal. A wrong file changes nothing.
        """
        check = ask.body.get("check", False)
        if not isinstance(check, bool):
            raise InvalidField.wrong_type("check", check, "true or false")
        found = await self._reloading.reload(ask.actor, check=check)
        return {"object": "reload", **msgspec.to_builtins(found)}

    # Tasks

    @act("GET", "tasks", "a page of tasks", OperatorTaskPage, query=_TASKS)
    async def tasks(self, ask: AdminCall) -> Json:
        """List tasks of all projects, newest first, without prompts and videos."""
        query = ask.query
        which = Everywhere(
            project_id=query.text("project_id"),
            key_id=query.text("key_id"),
            provider=query.text("account"),
            model=query.text("model"),
            error_code=query.text("error_code"),
            states=read_states(query.text("status")),
            created_from=(query.integer("created_after", 0, 2**40) or 0) * 1000,
            created_to=(query.integer("created_before", 0, 2**40) or 2**40) * 1000,
            before_seq=query.integer("cursor", 0, 2**62) or 2**62,
            limit=limit_of(ask),
        )
        found, more = await self._store.lists.everywhere(which)
        data = [task_body(task) for task in found]
        return {
            "object": "list",
            "data": data,
            "has_more": more is not None,
            "next_cursor": None if more is None else str(more),
        }

    @act("GET", "tasks/{id}", "the task's history", TaskStory)
    async def task(self, ask: AdminCall) -> Json:
        """Show one task's whole history: state changes, submissions and the vendor's answers, money, why it waits."""
        return await self._story(await self._task(ask.id))

    @act("POST", "tasks/{id}/cancel", "the task's history", TaskStory)
    async def cancel(self, ask: AdminCall) -> Json:
        """Cancel a task of any project."""
        task = await self._task(ask.id)
        if task.state.ended and task.state is not State.CANCELLED:
            raise WrongState(f"the task has already {task.state}; only a task that has not ended can be cancelled")
        moved = await self._store.request_cancel(task.id, at=self._clock.now(), owed=self._conductor.owed)
        await self._noted(ask, "task.cancel", task.project_id)
        self._conductor.look()
        return await self._story(moved or task)

    @act("DELETE", "tasks/{id}", "the id of what was deleted", TaskDeleted)
    async def delete(self, ask: AdminCall) -> Json:
        """Remove an ended task of any project, and its files."""
        task = await self._task(ask.id)
        if not await self._store.delete(task.id):
            raise WrongState(f"the task is {task.state}; cancel it before deleting it")
        self._recent.forget(task.id)
        await self._noted(ask, "task.delete", task.project_id)
        return {"id": task.id, "object": "task", "deleted": True}

    @act("POST", "tasks/{id}/settle", "the task's history", TaskStory, takes=TaskSettle)
    async def settle(self, ask: AdminCall) -> Json:
        """Settle an unknown or parked submission: `verdict` is `adopt` (with `job`), `not_taken` or `give_up`."""
        task = await self._task(ask.id)
        verdict = _verdict(ask.body, tuple(Verdict))
        job = ask.body.get("job", "")
        if verdict is Verdict.ADOPT and (not isinstance(job, str) or not job.strip()):
            raise InvalidField.missing("job", "the id that the vendor's console shows for the job")
        try:
            await self._settling.one(task.id, verdict, job.strip() if verdict is Verdict.ADOPT else "")
        except ValueError as error:
            raise WrongState(str(error)) from None
        await self._noted(ask, "task.settle", task.project_id, {"verdict": verdict})
        self._conductor.look()
        return await self._story(await self._task(ask.id))

    async def _task(self, task_id: str) -> Task:
        task = await self._store.get(task_id)
        if task is None:
            raise TaskNotFound(task_id=task_id)
        return task

    async def _story(self, task: Task) -> Json:
        events, attempts = await self._store.events(task.id), await self._store.attempts(task.id)
        why = await self._waiting.why(task)
        return {
            **task_body(task),
            "waits_for": None if why is None else why_body(why, operator=True),
            "moves": [
                {
                    "at": event.at / 1000,
                    "name": event.name,
                    "from": event.source,
                    "to": event.target,
                    "note": event.note,
                }
                for event in events
            ],
            "submissions": [
                {
                    "at": one.created_at / 1000,
                    "number": one.number,
                    "account": one.provider,
                    "state": one.state.value,
                    "job": one.upstream_ref,
                    "heard": one.heard.split(),
                }
                for one in attempts
            ],
            "money": [
                {"at": line.at / 1000, "kind": line.kind, "amount_micros": line.micros, "currency": CURRENCY}
                for line in await self._store.ledger(task.id)
            ],
        }

    async def _noted(
        self, ask: AdminCall, action: str, project_id: str, after: Mapping[str, Any] | None = None
    ) -> None:
        act_ = Act(ask.actor, self._clock.now(), action)
        await self._store.projects.note(act_, project_id=project_id, subject=ask.id, after=dict(after or {}))


def account_body(one: AccountState) -> Json:
    """Return an account as an operator sees it; times are Unix seconds."""
    return {
        "id": one.name,
        "object": "account",
        "kind": one.kind,
        "state": _state(one),
        "paused": one.paused
        and {"at": one.paused.at // 1000, "by": one.paused.actor, "reason": one.paused.reason or None},
        "sends": _condition(one.sends),
        "reads": _condition(one.reads),
        "queued": one.queued,
        "oldest_queued_at": seconds(one.oldest_queued_at),
        "in_hand": one.in_hand,
        "at_once": one.at_once,
        "unknown": one.unknown,
        "takes_seconds": one.takes_seconds,
        "accepted": one.accepted,
        "rejected": one.rejected,
        "odd_answers": one.odd,
        "last_odd_answer": one.last_odd or None,
        "priority": one.priority,
        "weight": one.weight,
        "address": one.address or None,
    }


def task_body(task: Task) -> Json:
    """Return a task as an operator sees it: whose, by whom, how it ended and why, in the vendor's words; no prompt."""
    return {
        "id": task.id,
        "object": "task",
        "project_id": task.project_id,
        "key_id": task.key_id,
        "dialect": task.dialect,
        "model": task.model,
        "made_with": task.makers,
        "account": task.provider,
        "job": task.upstream_ref,
        "mode": task.request.mode.value,
        "state": task.state.value,
        "progress": task.progress,
        "attempts": task.attempts,
        "created_at": seconds(task.created_at),
        "started_at": seconds(task.started_at),
        "finished_at": seconds(task.finished_at),
        "error": {"code": task.error_code, "message": task.error_message} if task.error_code else None,
        "price": {"amount_micros": task.price_micros, "charged_micros": task.charged_micros, "currency": CURRENCY},
        "cancel_requested": task.cancel_requested,
    }


def why_body(why: Why, *, operator: bool) -> Json:
    """Return why a task waits; which account it is about is the operator's alone."""
    told: Json = {"code": why.code, "message": why.message, "until": why.until // 1000 or None}
    return {**told, "detail": why.detail or None} if operator else told


def _state(one: AccountState) -> str:
    if one.leaving:
        return "leaving"
    if one.paused:
        return "paused"
    return "left_alone" if one.sends.until or one.reads.until else "in_use"


def _condition(found: Condition) -> Json | None:
    return {"reason": found.reason, "until": found.until // 1000} if found.until else None


def _reason(body: Mapping[str, Any]) -> str:
    reason = body.get("reason", "")
    if not isinstance(reason, str) or len(reason) > limits.MAX_REASON_CHARS or not (reason.isprintable() or not reason):
        allowed = f"at most {limits.MAX_REASON_CHARS} printable characters"
        raise InvalidField.out_of_range("reason", reason, allowed)
    return reason.strip()


def _verdict(body: Mapping[str, Any], allowed: tuple[str, ...]) -> Verdict:
    named = body.get("verdict")
    if named not in allowed:
        raise InvalidField.not_one_of("verdict", named, allowed)
    return Verdict(named)
