"""From a provider's acceptance to a stored file: polls jobs, and fetches what was made.

Only a provider's own answer ends a job that may still be made. One that takes longer than the task's time is a late
job: it is polled rarely, and its video is still taken over when it is done.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import structlog
from msgspec.structs import replace

from reelgate import limits, tracing
from reelgate.billing.quotes import charge
from reelgate.billing.reconciliation import differs
from reelgate.catalog.parts import next_part
from reelgate.conductor.poll_interval import Pace, running_seconds
from reelgate.conductor.provider_calls import Asking, spoken_of
from reelgate.conductor.result_collection import Collector, FileLost, Huge
from reelgate.conductor.routing import Router
from reelgate.conductor.transitions import Mover
from reelgate.errors import NobodyMakesIt
from reelgate.fault_log import FaultLog
from reelgate.media.sniff import Unreadable
from reelgate.providers.port import (
    Failed,
    NotFound,
    Provider,
    Running,
    Succeeded,
    Unrecognized,
    Verdict,
    tells_progress,
)
from reelgate.request import Media, MediaKind, Output, Role
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.scripts import given_up
from reelgate.tasks.store import Change

log = structlog.get_logger()


class Watch:
    """The steps of tasks that run at a provider or whose file is being taken over."""

    def __init__(
        self,
        mover: Mover,
        *,
        providers: Mapping[str, Provider],
        router: Router,
        collector: Collector,
        pace: Pace,
        asking: Asking,
    ) -> None:
        self._mover = mover
        self._store = mover.store
        self._providers = providers
        self._router = router
        self._collector = collector
        self._pace = pace
        self._asking = asking
        self._faults = FaultLog()
        self._made: OrderedDict[str, tuple[int, Succeeded]] = OrderedDict()
        """Providers' latest reports of finished jobs, and their times in ms: the step that takes a file over need not
        ask."""
        self.news: Callable[[], None] = _nobody
        """Called when there is something to do at once."""

    async def poll(self, task: Task) -> None:
        """Ask how a job stands, and follow the answer."""
        provider = self._providers[task.provider]
        self._pace.looked(task.provider)
        try:
            verdict = await self._asking.poll(task)
        except OSError:
            await self._poll_again(task, provider, task.progress)
        else:
            if provider.local and not isinstance(verdict, Running):
                said = spoken_of(task, provider) | {"reelgate.answer": type(verdict).__name__}
                tracing.over("render", task.started_at, self._mover.clock.now(), said)
            await self._follow(task, provider, verdict)

    async def _follow(self, task: Task, provider: Provider, verdict: Verdict) -> None:
        match verdict:
            case Running() | Unrecognized() if self._is_over(task) and not provider.local:
                await self._give_up(task, provider)
            case Running(progress=progress):
                await self._poll_again(task, provider, progress, odd=False)
            case Succeeded():
                await self._deliver(task, provider, verdict)
            case Failed():
                await self._fail(task, provider, verdict)
            case NotFound():
                await self._gone(task, provider, "lose_render", dead=verdict.dead, why=verdict.why)
            case Unrecognized():
                await self._poll_again(task, provider, task.progress, odd=True)

    async def _fail(self, task: Task, provider: Provider, verdict: Failed) -> None:
        """End a task as its provider says, in whatever state."""
        error = (verdict.code, verdict.message)
        self._pace.ended(task)
        await self._mover.move(task, "fail", attempt=AttemptState.DONE, error=error)
        await self._collector.discard(task)
        await provider.forget(task.upstream_ref or "")

    def _is_over(self, task: Task) -> bool:
        """Whether even the late watch is over: the provider itself keeps no job as long."""
        return running_seconds(task, self._mover.clock.now()) > limits.LATE_WATCH_SECONDS

    async def _give_up(self, task: Task, provider: Provider) -> None:
        try:
            await self._asking.cancel(task)
        except OSError:
            await self._poll_again(task, provider, task.progress)
            return
        self._pace.ended(task)
        days = round(limits.LATE_WATCH_SECONDS / 86_400)
        error = ("never_finished", f"the provider did not finish the job within {days} days")
        await self._mover.move(task, "fail", attempt=AttemptState.LOST, error=error)
        await provider.forget(task.upstream_ref or "")

    async def _deliver(self, task: Task, provider: Provider, made: Succeeded) -> None:
        """A vendor's file is fetched in a step of its own; the number of such steps at a time is limited."""
        if provider.local:
            task = await self._store.move(task, "deliver", self._mover.change_in_hand())
            await self._collect(task, provider, made)
            return
        now = self._mover.clock.now()
        sooner = self._pace.finished(task, now)
        self._made[task.id] = now, made
        if len(self._made) > limits.MADE_KEPT:
            self._made.popitem(last=False)
        await self._mover.move(task, "deliver", after=0)
        await self._store.durations.hasten(sooner)
        self.news()

    async def _poll_again(self, task: Task, provider: Provider, progress: int, *, odd: bool | None = None) -> None:
        now = self._mover.clock.now()
        after = self._pace.next_look(task, provider, now)
        if not tells_progress(provider):
            progress = max(progress, self._pace.progress(task, now))
        await self._mover.look_again(task, after=after, progress=progress, release=not provider.local, odd=odd)

    async def _gone(self, task: Task, provider: Provider, edge: str, *, dead: bool = False, why: str = "") -> None:
        """Have a job that is lost made again, elsewhere where its server is `dead`.

        A paid one has failed, and is parked: its vendor may know it again.
        """
        self._pace.ended(task)
        if provider.repeatable:
            if not dead:
                await provider.forget(task.upstream_ref or "")
            other = self._elsewhere(task) if dead else None
            note = f"{task.provider} does not answer any more" if dead else why or "interrupted"
            await self._mover.move(task, edge, note=note, attempt=AttemptState.LOST, after=0, provider=other)
        else:
            now, owed = self._mover.clock.now(), self._mover.owed(task, provider.kind)
            lost = given_up(now, "lost_upstream", "the provider no longer knows this job", owed=owed)
            await self._store.move(
                task, "fail", replace(lost, attempt_id=task.attempt_id, attempt_state=AttemptState.LOST)
            )

    def _elsewhere(self, task: Task) -> str | None:
        """Return another account that makes the task, None if there is none."""
        try:
            return self._router.provider_for(self._mover.model(task), task.request.mode, avoid=task.provider)
        except NobodyMakesIt:
            return None

    async def collect_again(self, task: Task) -> None:
        """Go on taking over a file, at a fresh address."""
        provider = self._providers[task.provider]
        try:
            verdict = self._just_made(task) or await self._ask_again(task)
        except OSError as error:
            await self._collect_later(task, str(error))
            return
        if isinstance(verdict, Succeeded):
            await self._collect(task, provider, verdict)
        elif isinstance(verdict, Failed):  # its own check of what it made, perhaps: as definite as before
            await self._fail(task, provider, verdict)
        elif provider.local or isinstance(verdict, NotFound):
            dead = isinstance(verdict, NotFound) and verdict.dead
            await self._gone(task, provider, "lose_file", dead=dead)
        else:
            await self._collect_later(task, f"the provider answers {verdict} about a finished job")

    def _just_made(self, task: Task) -> Succeeded | None:
        at, made = self._made.pop(task.id, (0, None))
        return made if self._mover.clock.now() - at < limits.MADE_SECONDS * 1000 else None

    async def _ask_again(self, task: Task) -> Verdict:
        self._pace.looked(task.provider)
        return await self._asking.poll(task)

    async def _collect(self, task: Task, provider: Provider, made: Succeeded) -> None:
        try:
            collected = await self._collector.collect(task, self._mover.model(task), made)
            output = replace(collected, made_by=provider.kind)
        except FileLost as lost:
            if provider.local:
                await self._gone(task, provider, "lose_file")
            elif made.url is None:
                await self._collected_nothing(task, provider, str(lost))
            else:
                await self._collect_later(task, str(lost))
            return
        except OSError as error:  # of the store of files; what was fetched stays
            await self._collect_later(task, f"the file can't be kept: {error}")
            return
        except Unreadable as error:
            after = limits.HUGE_AGAIN_SECONDS if isinstance(error, Huge) else 0.0
            await self._collected_nothing(task, provider, error.reason, after=after)
            return
        if task.request.order is not None and task.request.order.left:
            await self._go_on(task, provider, output)
            return
        change = Change(
            at=self._mover.clock.now(),
            note=made.url or "",  # the operator's alone: it needs no key
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.DONE,
            output=output,
            charged_micros=charge(
                self._mover.model(task),
                task.request,
                output,
                held=task.price_micros,
                terms=task.terms,
                at=task.created_at,
            ),
        )
        await self._store.move(task, "finish", change)
        if differs(output):
            self._asking.met_difference(task, said=output.said_seconds, counted=output.seconds)
        await provider.forget(task.upstream_ref or "")

    async def _go_on(self, task: Task, provider: Provider, output: Output) -> None:
        """Queue the part of a video that follows the one that was just made."""
        film = Media(kind=MediaKind.VIDEO, role=Role.FIRST_CLIP, field="video", blob=output.blob, facts=output.facts)
        following = next_part(task.request, film)
        if following is None or following.order is None:
            raise LookupError(f"{task.id} has no further part")
        model = self._mover.catalog.of(following.model, following.order.sold_by)
        try:
            name = self._router.provider_for(model, following.mode)
        except NobodyMakesIt as error:  # its account was taken away from this server
            await self._fail_at_a_loss(task, provider, "part_not_made", error.message)
            return
        part = f"part {following.order.at} of {len(following.order.parts)}"
        made, reason = replace(task, output=output), f"{part} was made, and not the whole video"
        change = Change(
            at=self._mover.clock.now(),
            due_in_ms=0,
            note=part,
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.DONE,
            provider=name,
            request=following,
            loss=None if provider.repeatable else self._mover.loss(made, provider.kind, reason),
        )
        await self._store.move(task, "go_on", change)
        await provider.forget(task.upstream_ref or "")

    async def _collected_nothing(self, task: Task, provider: Provider, reason: str, *, after: float = 0.0) -> None:
        """Fail for anything but a video. A vendor may first serve something else there, or no link yet. So it is
        looked at again, after at least `after` seconds.
        """
        message = f"the provider delivered no video: {reason}"
        await self._collector.discard(task)
        left = self._router.result_seconds(provider.name) - await self._collecting_seconds(task)
        if not provider.local and left > 0:
            await self._collect_later(task, message, least=after, most=left)
            return
        self._asking.met_no_video(task, reason)
        await self._fail_at_a_loss(task, provider, "bad_result", message)
        await provider.forget(task.upstream_ref or "")

    async def _fail_at_a_loss(self, task: Task, provider: Provider, code: str, message: str) -> None:
        """End a task whose provider has done the work and is owed for it, unless that is our own."""
        loss = None if provider.repeatable else self._mover.loss(task, provider.kind, code)
        await self._mover.move(task, "fail", attempt=AttemptState.DONE, error=(code, message), loss=loss)

    async def _collecting_seconds(self, task: Task) -> float:
        begun = max(event.at for event in await self._store.events(task.id) if event.name == "deliver")
        return (self._mover.clock.now() - begun) / 1000

    async def _collect_later(
        self, task: Task, why: str, *, least: float = 0.0, most: float = limits.LATE_LOOK_SECONDS
    ) -> None:
        """Try again, the later the more rarely: what was paid for is given up only when the late watch is over."""
        self._faults.warning(
            "collecting.not_yet", about=f"{task.provider} {why}", task=task.id, account=task.provider, reason=why
        )
        if self._is_over(task):
            message = f"the provider made the video, but its file could not be fetched: {why}"
            await self._fail_at_a_loss(task, self._providers[task.provider], "result_unavailable", message)
            await self._collector.discard(task)
        else:
            passed = running_seconds(task, self._mover.clock.now())
            after = min(max(limits.COLLECT_AGAIN_SECONDS, passed / 20, least), most, limits.LATE_LOOK_SECONDS)
            await self._mover.look_again(task, after=after)


def _nobody() -> None:
    """Nobody listens."""
