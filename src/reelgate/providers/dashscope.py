"""Alibaba's Model Studio (DashScope, Bailian): Wan, HappyHorse and the Vidu models that it hosts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import Said, address_in, id_in
from reelgate.providers.codes import DASHSCOPE
from reelgate.providers.dashscope_body import body_of, upstream
from reelgate.providers.port import Job, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.told import seconds_told
from reelgate.providers.vendor import VendorProvider, refusal
from reelgate.providers.wire import Query
from reelgate.providers.words import JobStatus

_CREATE = "/services/aigc/video-generation/video-synthesis"
_TASKS = "/tasks"  # as the vendor's own SDK calls it; its pages write a slash at the end
_PAGES = 20  # of the vendor's list that are read in one look; busier times tell nothing
_ASKED = 20  # tasks at most that are asked for their prompts, in one look for a lost submission
_CHINA = timezone(timedelta(hours=8))


class DashScopeProvider(VendorProvider):
    """One account at DashScope. The key, the address and the models must be of one region."""

    kind = "dashscope"

    def __init__(self, account: Account, clock: Clock | None = None, *, seconds: float | None = None) -> None:
        """Speak for `account`, whose `options` may name its `workspace`; a call may take `seconds`."""
        workspace = account.options.get("workspace", "")
        headers = {
            "Authorization": f"Bearer {account.key}",
            **({"X-DashScope-WorkSpace": workspace} if workspace else {}),
        }
        super().__init__(account, headers, clock, seconds=seconds)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job)

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the task's id. Raises Rejected, NotSent or OutcomeUnknown."""
        reply = await self._wire.submit(_CREATE, json=body, headers={"X-DashScope-Async": "enable"})
        ref = id_in(reply, ("output", "task_id"), calls_named=True)
        if reply.ok and ref:
            return ref
        raise _refused(reply)

    async def look(self, ref: str) -> Verdict:
        """Ask how a task stands. Raises OSError."""
        return _READING.verdict(await self._read(ref), ref)

    async def cancel(self, ref: str) -> None:
        """Cancel a task that has not begun; the vendor does not stop any other. Raises OSError."""
        reply = await self._wire.change("POST", f"{_TASKS}/{quote(ref, safe='')}/cancel")
        if not reply.ok and reply.status not in (400, 404):
            raise OSError(f"the provider did not cancel: {_said(reply)}")

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return the only task of the model made about then, None if there is none or more than one.

        The list knows no mark of ours, and holds the main account's tasks, those of other programs too: the time is
        as narrow as a submission can have taken, and a task that shows its prompt must show the job's. Raises
        OSError.
        """
        begin, end = self.arrival(since)
        model = upstream(job)
        near: list[str] = []
        for page in range(1, _PAGES + 1):
            reply = await self._listed(model, begin, end, page)
            near += [task["task_id"] for task in reply.at("data") if _is_candidate(task, model, begin, end)]
            pages = reply.at("total_page")
            if not isinstance(pages, int) or page >= pages:
                return await self._of_prompt(job, self.free(job, near))
        return None

    async def _listed(self, model: str, begin: int, end: int, page: int) -> Reply:
        """Return a page of the tasks of a model that were made between two times in ms. Raises OSError."""
        span: Query = {"start_time": _stamp(begin), "end_time": _stamp(end + 999)}
        reply = await self._wire.read(_TASKS, query={**span, "model_name": model, "page_no": page})
        if not reply.ok or not isinstance(reply.at("data"), list):
            raise OSError(f"the provider does not list its tasks: {_said(reply)}")
        return reply

    async def _of_prompt(self, job: Job, refs: list[str]) -> str | None:
        """Return the only task that may have the prompt; a task tells it once it is done."""
        if len(refs) > _ASKED:
            return None
        told = {ref: (await self._read(ref)).text("output", "orig_prompt") for ref in refs}
        may_be = [ref for ref in refs if told[ref] in ("", job.request.prompt)]
        return self.only(job, may_be, certain=all(told[ref] for ref in may_be))

    async def _read(self, ref: str) -> Reply:
        reply = await self._wire.read(f"{_TASKS}/{quote(ref, safe='')}")
        if reply.status in (401, 403) or reply.text("code") in DASHSCOPE.account:
            raise OSError(f"the provider refuses the account: {_said(reply)}")
        return reply


KIND = Kind(
    name="dashscope",
    key_env="DASHSCOPE_API_KEY",
    url_env="DASHSCOPE_BASE_URL",
    base_url="https://dashscope.aliyuncs.com/api/v1",
    make=DashScopeProvider,
)


def _refused(reply: Reply) -> Exception:
    return refusal(reply, *_failed(reply), DASHSCOPE)


def _failed(reply: Reply) -> Said:
    where = ("output",) if reply.text("output", "code") or reply.text("output", "message") else ()
    return Said(reply.text(*where, "code"), reply.text(*where, "message"))


def _said(reply: Reply) -> str:
    return f"{reply.text('code')} {reply.text('message')}".strip() or f"HTTP {reply.status}"


def _made(reply: Reply) -> Verdict:
    return Succeeded(
        url=address_in(reply, ("output", "video_url")) or None,
        duration=seconds_told(reply.at("usage", "output_video_duration")),
        ratio=reply.text("usage", "ratio"),
    )


_READING = AnswerReading(
    states=(("output", "task_status"),),
    ids=(("output", "task_id"),),
    made=_made,
    failed=_failed,
    words={"UNKNOWN": JobStatus.GONE},
    progress=("output", "progress"),
    started=10,
)


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(_CHINA).strftime("%Y%m%d%H%M%S")


def _is_candidate(task: Any, model: str, begin: int, end: int) -> bool:
    """Whether a listed task is of the model and was made between two times in ms, both included."""
    if not isinstance(task, dict) or not isinstance(task.get("task_id"), str):
        return False
    made_at = task.get("gmt_create") or task.get("start_time")
    return task.get("model_name") == model and isinstance(made_at, int) and begin <= made_at <= end
