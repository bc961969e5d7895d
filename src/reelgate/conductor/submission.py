"""From the queue to a provider. A submission that may have been paid for is never made twice.

The attempt is written down before the provider is called. What the call's end says decides: taken, certainly not
taken (offered again, here or elsewhere), refused for good, or unknown, which is `lost_submissions`' from then on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from reelgate import limits, tracing
from reelgate.catalog.parts import end_of, goes_on_from, with_tail
from reelgate.conductor.lost_submissions import LostSubmissions
from reelgate.conductor.poll_interval import Pace
from reelgate.conductor.provider_calls import Asking, spoken_of
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.routing import Router
from reelgate.conductor.transitions import Mover, ms
from reelgate.errors import InvalidField, NobodyMakesIt, StoreError, Unavailable
from reelgate.fault_log import FaultLog
from reelgate.ids import uuid7
from reelgate.inputs.staging import Staging
from reelgate.media.sniff import Unreadable
from reelgate.providers.account import BUILT_IN
from reelgate.providers.port import Job, NotSent, OutcomeUnknown, Provider, Rejected, unsent
from reelgate.request import Media, VideoRequest
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.store import Change, Stale

CallbackAddress = Callable[[str, str], str]
"""Makes the address at which an account's vendor may speak of an attempt, "" where it can't: account, attempt id."""


def no_callback(_account: str, _attempt_id: str) -> str:
    """Give no address: nothing of ours can be reached."""
    return ""


_INTERRUPTED = "interrupted"


class Submission:
    """The steps of tasks that are queued or being submitted."""

    def __init__(
        self,
        mover: Mover,
        *,
        providers: Mapping[str, Provider],
        router: Router,
        staging: Staging,
        asking: Asking,
        pace: Pace,
        collector: Collector,
        callback: CallbackAddress = no_callback,
    ) -> None:
        self._collector = collector
        self._mover = mover
        self._store = mover.store
        self._providers = providers
        self._router = router
        self._staging = staging
        self._pace = pace
        self._callback = callback
        self._faults = FaultLog()
        self.lost = LostSubmissions(mover, router=router, asking=asking, job=self._job)
        """How submissions of unknown outcome are resolved."""

    async def submit(self, task: Task) -> None:
        """Take a queued task one step on: its inputs, its route, its submission."""
        provider = self._providers[task.provider]
        if self._mover.clock.now() - task.created_at > ms(task.request.expires_after or limits.TASK_DEADLINE_SECONDS):
            await self._mover.move(task, "expire", error=("deadline", "the task did not end in time"))
        elif provider.repeatable and await self._lost_too_often(task):
            error = ("too_many_attempts", f"gave up after {task.attempts} attempts{await self._last_loss(task)}")
            await self._mover.move(task, "fail", error=error)
        elif not task.request.staged:
            await self._stage(task)
        elif (film := goes_on_from(task.request)) is not None:
            await self._cut(task, film)
        elif await self._may_be_sent(task):
            await self.lost.doubt(task)
        elif await self._on_its_way(task):
            await self._attempt(task)

    async def _may_be_sent(self, task: Task) -> bool:
        """Whether the task continues a part from before a restore, which the original server may have continued too."""
        order = task.request.order
        if order is None or not order.at or self._providers[task.provider].repeatable:
            return False
        restored_at = await self._store.restored_at()
        last = (await self._store.attempts(task.id))[-1] if restored_at else None
        return last is not None and last.state is AttemptState.DONE and last.created_at < restored_at

    async def _lost_too_often(self, task: Task) -> bool:
        """Whether a job that costs nothing was lost so often that it is likely the cause.

        At an engine that is merely down it was not even taken: that counts for nothing.
        """
        if task.attempts < limits.MAX_ATTEMPTS or self._providers[task.provider].local:
            return task.attempts >= limits.MAX_ATTEMPTS
        lost = [attempt for attempt in await self._store.attempts(task.id) if attempt.state is AttemptState.LOST]
        return len(lost) >= limits.MAX_ATTEMPTS

    async def _last_loss(self, task: Task) -> str:
        """Return why the last attempt came to nothing, where more is known than that it did."""
        notes = [event.note for event in await self._store.events(task.id) if event.name == "lose_render"]
        return f"; the last one: {notes[-1]}" if notes and notes[-1] != _INTERRUPTED else ""

    async def recover(self, task: Task) -> None:
        """Go on with a task whose process died between writing the attempt down and hearing the answer."""
        if self._providers[task.provider].repeatable:
            await self._mover.move(task, "put_back", note="interrupted", attempt=AttemptState.LOST, after=0)
        else:
            await self.lost.lose_sight(task, "interrupted")

    async def _stage(self, task: Task) -> None:
        try:
            request = await self._staging.all(self._mover.model(task), task.request, task.project_id)
        except InvalidField as error:
            await self._mover.move(task, "fail", error=(error.code, error.message))
            return
        except Unavailable as error:
            self._faults.warning("conductor.inputs_wait", about=error.message, task=task.id, reason=error.message)
            await self._mover.look_again(task, after=limits.INPUTS_AGAIN_SECONDS)
            return
        await self._store.move(task, "stage", Change(at=self._mover.clock.now(), due_in_ms=0, request=request))

    async def _cut(self, task: Task, film: Media) -> None:
        """Make the tail that the task's next job extends."""
        order = task.request.order
        part = order.parts[order.at] if order else None
        try:
            tail = await self._collector.tail(task, film, end_of(task.request, film), float(part.tail if part else 0))
        except Unreadable as error:
            code, message = "invalid_media", f"{film.field}: it can't be continued: {error.reason}"
            await self._mover.move(task, "fail", error=(code, message))
            return
        except OSError as error:
            self._faults.warning("conductor.input_missing", about=str(error), task=task.id, reason=str(error))
            await self._mover.look_again(task, after=limits.MISSING_INPUT_SECONDS)
            return
        request = with_tail(task.request, film, tail)
        await self._store.move(task, "stage", Change(at=self._mover.clock.now(), due_in_ms=0, request=request))

    async def _on_its_way(self, task: Task) -> bool:
        """Whether the task's account may be asked now; if not, it goes to another one or waits."""
        if task.provider in self._router.leaving:
            await self._leave(task)
            return False
        health = self._router.health[task.provider].sends
        condition = health.condition
        if health.admits():
            return True
        other = self._other(task)
        if other is not None:
            await self._mover.move(task, "reroute", note=condition.reason, provider=other, after=0)
        else:
            wait = max(limits.TRIAL_LOOK_SECONDS, (condition.until - self._mover.clock.now()) / 1000)
            await self._mover.look_again(task, after=wait)
        return False

    async def _leave(self, task: Task) -> None:
        """Send what waits at an account that was taken out to another one; without any it waits on."""
        other = self._other(task)
        if other is not None:
            await self._mover.move(
                task, "reroute", note="its account was removed from the file", provider=other, after=0
            )
        else:
            await self._mover.look_again(task, after=limits.LEAVING_LOOK_SECONDS)

    def _other(self, task: Task) -> str | None:
        """Return another account that can make the task now, None if there is none."""
        try:
            other = self._router.provider_for(self._mover.model(task), task.request.mode, avoid=task.provider)
        except NobodyMakesIt:  # its account was taken away from this server, and may come back
            return None
        if other in (task.provider, BUILT_IN):  # nobody who ordered a vendor's video is given a sketch
            return None
        return None if self._router.health[other].sends.condition.until else other

    async def _attempt(self, task: Task) -> None:
        attempt_id = uuid7(self._mover.clock.now())
        try:
            job = await self._job(task, attempt_id)
        except OSError as error:
            # It may lie with another server, on a disk that is not mounted or in a bucket that is away at the moment.
            self._faults.warning("conductor.input_missing", about=str(error), task=task.id, reason=str(error))
            await self._mover.look_again(task, after=limits.MISSING_INPUT_SECONDS)
            return
        change = replace(
            self._mover.change_in_hand(),
            attempt_id=attempt_id,
            attempt_state=AttemptState.SENDING,
            hold_until=self.lost.unknown_end(task),
            request=await self._without_effect(task, job),
        )
        await self._send(await self._store.move(task, "submit", change), job)

    async def _without_effect(self, task: Task, job: Job) -> VideoRequest | None:
        """Return the request with the settings that its provider is not told, None if it names just these already."""
        request, left = task.request, await unsent(self._providers[task.provider], job)
        if request.order is not None and request.order.at:  # what an earlier part was made without stays named
            left = tuple(dict.fromkeys(request.unsent + left))
        return replace(request, unsent=left) if left != request.unsent else None

    async def _job(self, task: Task, attempt_id: str) -> Job:
        files, callback_url = await self._staging.files(task), self._callback(task.provider, attempt_id)
        return Job(attempt_id, task.request, self._mover.model(task), files, callback_url)

    async def _send(self, task: Task, job: Job) -> None:
        account = self._router.health[task.provider]
        provider, health, outcomes = self._providers[task.provider], account.sends, account.outcomes
        account.sent()
        try:
            with tracing.span("submit", tracing.CallSide.CLIENT, spoken_of(task, provider)) as span:
                ref = await provider.submit(job)
                span.note({"reelgate.job": ref})
        except NotSent as error:
            if not (provider.local or error.unsendable):
                health.failed(error.reason, retry_after=error.retry_after, account=error.account)
            outcomes["not_taken"] += 1
            await self._put_back(task, error)
        except Rejected as error:
            health.worked()
            outcomes["rejected"] += 1
            await self._mover.move(task, "fail", attempt=AttemptState.REJECTED, error=(error.code, error.message))
        except OutcomeUnknown as error:
            health.failed(error.reason)
            outcomes["unknown"] += 1
            await self.lost.lose_sight(task, error.reason, answer=error.answer)
        else:
            health.worked()
            outcomes["accepted"] += 1
            await self._accept(task, provider, ref)

    async def _put_back(self, task: Task, error: NotSent) -> None:
        if error.unsendable and task.attempts >= limits.UNSENDABLE_TRIES:
            refused = ("unsendable", error.told)
            await self._mover.move(task, "fail", note=error.reason, attempt=AttemptState.REJECTED, error=refused)
            return
        pause = min(limits.PUT_BACK_SECONDS * 2 ** min(task.attempts - 1, 16), limits.PUT_BACK_MAX_SECONDS)
        after = max(pause, error.retry_after)
        other = self._other(task) if error.unsendable else None  # which may take it in other words
        await self._mover.move(
            task, "put_back", note=error.reason, attempt=AttemptState.REJECTED, after=after, provider=other
        )

    async def _accept(self, task: Task, provider: Provider, ref: str) -> None:
        change = replace(
            self._mover.change_in_hand(),
            due_in_ms=ms(self._pace.first_look(task, provider, self._mover.clock.now())),
            release=not provider.local,
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.ACCEPTED,
            upstream_ref=ref,
            hold_until=self._mover.watch_end(),
        )
        if not provider.repeatable:
            await self._note_taken(task, change)
            return
        try:
            await self._store.move(task, "accept", change)
        except (Stale, StoreError):
            await provider.cancel(ref)  # it will be made under another attempt: not twice at once
            raise

    async def _note_taken(self, task: Task, change: Change) -> None:
        """Record what a vendor has taken, also while the journal is away: this process alone knows it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.ACCEPT_SECONDS
        while True:
            try:
                await self._store.move(task, "accept", change)
                return
            except StoreError:
                if loop.time() > end:
                    raise
                await asyncio.sleep(limits.ACCEPT_AGAIN_SECONDS)
            except Stale:  # taken for lost meanwhile: the search for it then has a name to look for
                await self._store.hear(task.attempt_id or "", ref=change.upstream_ref or "", at=self._mover.clock.now())
                raise
