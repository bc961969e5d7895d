"""Sends deliveries until they arrive: at least once, in order for each task, each receiver independently."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Awaitable

import structlog

from reelgate import limits, tracing
from reelgate.clock import Clock
from reelgate.errors import ReelgateError, StoreError
from reelgate.events.messages import Messages
from reelgate.events.outbox import Outbox
from reelgate.events.posting import Headers, Poster, ReceiverReply
from reelgate.fault_log import FaultLog
from reelgate.meters import Times
from reelgate.tasks.deliveries import Delivery, Status, Try, Webhook
from reelgate.tasks.store import Stale, TaskStore

log = structlog.get_logger()

_LANES = 256
_FORGOTTEN = 1000


class Courier:
    """The loop that tells webhooks, and its bounds: in all, for each project, for each receiver.

    A receiver that does not take what it is sent is tried with one delivery at a time, after growing pauses, until one
    arrives; only those that were tried count a try. `owner` names this server in the journal.
    """

    def __init__(
        self,
        *,
        store: TaskStore,
        outbox: Outbox,
        messages: Messages,
        poster: Poster,
        clock: Clock,
        owner: str,
        tracer: tracing.Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._store = store
        self._outbox = outbox
        self._messages = messages
        self._poster = poster
        self._clock = clock
        self._owner = owner
        self._news = asyncio.Event()
        self._sending: dict[asyncio.Task[None], str] = {}
        self._receivers = _Receivers()
        self._after = ""
        self._faults = FaultLog()
        self.times = Times()
        """How long deliveries took, by the outcome: `delivered`, `waiting` (for the next try) or `failed`."""

    def hint(self) -> None:
        """Take in that this process wrote of a task, or of a delivery; never raises."""
        self._news.set()

    async def run(self) -> None:
        """Send for ever. What can't be read or written now is tried again."""
        await self._safely(self._store.deliveries.release(self._owner, now=self._clock.now()))
        self._news.set()  # of what was written while no server ran
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), limits.WEBHOOK_LOOK_SECONDS)
                await asyncio.sleep(self._gathering())
            self._news.clear()
            await self._safely(self.look())

    async def look(self) -> None:
        """Take up what is due. Raises StoreError."""
        if await self._outbox.gather():
            self._news.set()
        lanes = await self._store.deliveries.lanes(self._after, now=self._clock.now(), limit=_LANES)
        self._after = lanes[-1][0] if len(lanes) == _LANES else ""
        if self._after:
            self._news.set()
        for lane, due in lanes:
            if due and (room := self._room(lane)) > 0:
                await self._take(lane, room)

    async def settled(self) -> None:
        """Return once nothing is in progress any more."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def forget(self) -> None:
        """Drop what ended long ago. Raises StoreError."""
        before = self._clock.now() - int(limits.WEBHOOK_KEPT_SECONDS * 1000)
        while await self._store.deliveries.forget(before=before, limit=_FORGOTTEN) == _FORGOTTEN:
            pass

    async def aclose(self) -> None:
        """Wait a little for answers that are in progress, and leave the rest to the next server."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=limits.WEBHOOK_STOP_SECONDS)
        for sending in self._sending:
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._safely(self._store.deliveries.release(self._owner, now=self._clock.now()))
        await self._poster.aclose()

    def _gathering(self) -> float:
        """Return how long moves are gathered: longer where no webhook wants them, since each look is a write."""
        idle = self._outbox.quiet and not self._sending
        return limits.WEBHOOK_QUIET_LOOK_SECONDS if idle else limits.WEBHOOK_FIRST_LOOK_SECONDS

    def _room(self, lane: str) -> int:
        """Return how many more deliveries may be under way to a receiver."""
        held = Counter(self._sending.values())
        project = lane.partition(" ")[0]
        of_project = sum(count for name, count in held.items() if name.partition(" ")[0] == project)
        return min(
            limits.WEBHOOKS_AT_ONCE - len(self._sending),
            limits.WEBHOOKS_AT_ONCE_PER_PROJECT - of_project,
            self._receivers.most(lane, self._clock.now()) - held[lane],
        )

    async def _take(self, lane: str, room: int) -> None:
        now = self._clock.now()
        until = now + int(limits.WEBHOOK_LEASE_SECONDS * 1000)
        for delivery in await self._store.deliveries.claim(lane, owner=self._owner, now=now, until=until, limit=room):
            sending = asyncio.create_task(self._safely(self._send(delivery)), name=f"webhook {delivery.id}")
            self._sending[sending] = lane
            sending.add_done_callback(self._ended)

    def _ended(self, sending: asyncio.Task[None]) -> None:
        del self._sending[sending]
        self._news.set()

    async def _send(self, delivery: Delivery) -> None:
        webhook = await self._store.deliveries.webhook(delivery.webhook_id)
        try:
            body = await self._messages.body(delivery)
        except StoreError:
            raise
        except ReelgateError as error:  # its model has left the catalog, say: it may come back
            outcome = Try(at=self._clock.now(), ms=0, error=error.message)
            await self._settle(delivery, outcome, "", *self._next(delivery, ReceiverReply()))
            return
        url = delivery.url or (webhook.url if webhook else "")
        if body is None or not url:
            why = "the task was deleted" if body is None else "the webhook was deleted"
            await self._settle(delivery, Try(at=self._clock.now(), ms=0, error=why), "", Status.FAILED)
            return
        began, at = time.monotonic(), self._clock.now()
        headers = self._messages.headers(delivery, webhook, url, body)
        reply = await self._posted(delivery, url, headers, body)
        outcome = Try(
            at=at,
            ms=round((time.monotonic() - began) * 1000),
            status=reply.status,
            error=reply.error,
            answer=reply.answer,
        )
        sent = body.decode()[: limits.WEBHOOK_SENT_CHARS]
        if reply.arrived:
            self._receivers.arrived(delivery.lane)
            await self._settle(delivery, outcome, sent, Status.DELIVERED)
            return
        self._receivers.failed(delivery.lane, self._clock.now())
        await self._settle(delivery, outcome, sent, *self._next(delivery, reply))
        if webhook is not None and webhook.url:
            await self._judge(webhook, reply)

    async def _posted(self, delivery: Delivery, url: str, headers: Headers, body: bytes) -> ReceiverReply:
        """Send a message, in its task's trace where it has one."""
        task = await self._store.get(delivery.task_id) if self._tracer and delivery.task_id else None
        said = {"reelgate.task": delivery.task_id, "reelgate.event": delivery.event}
        with (
            tracing.within(self._tracer, task.trace if task else None),
            tracing.span("webhook", tracing.CallSide.CLIENT, said) as span,
        ):
            if span.traceparent:
                headers = (*headers, (tracing.HEADER, span.traceparent))
            reply = await self._poster.post(url, headers, body, project=delivery.project_id)
            span.note({"http.response.status_code": reply.status})
            if not reply.arrived:
                span.fail(reply.error or f"HTTP {reply.status}")
            return reply

    def _next(self, delivery: Delivery, reply: ReceiverReply) -> tuple[Status, int | None]:
        """Return the new state of a failed delivery, and when it is tried again."""
        if reply.gone or reply.forbidden or delivery.tried >= len(limits.WEBHOOK_RETRY_SECONDS):
            return Status.FAILED, None
        pause = max(_jittered(limits.WEBHOOK_RETRY_SECONDS[delivery.tried]), reply.retry_after)
        return Status.WAITING, self._clock.now() + int(pause * 1000)

    async def _settle(
        self, delivery: Delivery, outcome: Try, sent: str, status: Status, due_at: int | None = None
    ) -> None:
        self.times.note((status.value,), outcome.ms / 1000)
        with contextlib.suppress(Stale):  # it took too long, was replayed meanwhile, or its webhook is gone
            await self._store.deliveries.settle(
                delivery, status, outcome, sent=sent, at=self._clock.now(), due_at=due_at
            )

    async def _judge(self, webhook: Webhook, reply: ReceiverReply) -> None:
        """Switch a webhook off that wants nothing more, or at which nothing has arrived for days."""
        now = self._clock.now()
        dead = now - int(limits.WEBHOOK_DEAD_SECONDS * 1000)
        if reply.gone:
            reason, dead_since = "it answered 410 Gone", None
        elif webhook.failing_since is not None and webhook.failing_since <= dead:
            days = limits.WEBHOOK_DEAD_SECONDS / 86_400
            reason, dead_since = f"nothing has arrived for {days:g} days; at last: {reply.error}", dead
        else:
            return
        if await self._store.deliveries.switch_off(webhook.id, at=now, reason=reason, dead_since=dead_since):
            log.warning("webhook.off", webhook=webhook.id, project=webhook.project_id, reason=reason)

    async def _safely(self, work: Awaitable[object]) -> None:
        """Await work whose failure must not end the loop."""
        with self._faults.surviving("background", about="webhooks", work="webhooks"):
            try:
                await work
            except StoreError as error:
                self._faults.error("background", about="webhooks", work="webhooks", reason=error.why)


def _jittered(seconds: float) -> float:
    """Return a pause a tenth longer or shorter, so that what failed together is not tried together."""
    return seconds * (0.9 + secrets.randbelow(201) / 1000)


class _Receivers:
    """Which receivers take nothing now, since how many tries, and until when they are left alone."""

    def __init__(self) -> None:
        self._failing: dict[str, tuple[int, int]] = {}

    def most(self, lane: str, now: int) -> int:
        """Return how many deliveries may be under way there."""
        failed, until = self._failing.get(lane, (0, 0))
        if failed < limits.WEBHOOK_PAUSE_AFTER:
            return limits.WEBHOOKS_AT_ONCE_PER_RECEIVER
        return 1 if now >= until else 0

    def arrived(self, lane: str) -> None:
        """Note that something arrived."""
        self._failing.pop(lane, None)

    def failed(self, lane: str, now: int) -> None:
        """Note that something did not."""
        failed = self._failing.get(lane, (0, 0))[0] + 1
        beyond = min(max(failed - limits.WEBHOOK_PAUSE_AFTER, 0), 20)
        pause = min(limits.WEBHOOK_PAUSE_SECONDS * 2**beyond, limits.WEBHOOK_LONGEST_PAUSE_SECONDS)
        self._failing.pop(lane, None)
        self._failing[lane] = (failed, now + int(pause * 1000))
        if len(self._failing) > limits.WEBHOOK_RECEIVERS_REMEMBERED:
            del self._failing[next(iter(self._failing))]
