"""What a store promises of webhooks: a move becomes one delivery, each is sent by one server at a time and in order."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.tasks.deliveries import Delivery, DeliveryFilter, FormerSecret, NewDelivery, Status, Try, Webhook
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal
from reelgate.testing.stores.samples import NOW, bring, sample_task

_HOOK = Webhook(
    id="wh_one", project_id="project", url="https://example.com/hook", events=("*",), note="", created_at=NOW
)
_MARK = '"callback_url":"'
_REFUSED = Try(at=NOW, ms=12, status=500, error="HTTP 500", answer="no 🌧")


async def check_webhooks(store: TaskStore) -> None:
    """Webhooks are kept, changed under their version, bounded by number, switched off once, and forgotten."""
    kept = store.deliveries
    expect(await kept.add(_HOOK, most=1), "the first webhook is taken")
    expect(not await kept.add(replace(_HOOK, id="wh_two"), most=1), "one more than a project may have is not")
    expect(not await kept.add(_HOOK, most=5), "an id is not taken twice")
    expect_equal(await kept.webhook(_HOOK.id), _HOOK, "the webhook")
    changed = await kept.change(_HOOK, replace(_HOOK, secret=2, former=(FormerSecret(1, NOW + 1),), note="新"))
    expect_equal(await kept.webhook(_HOOK.id), changed, "the changed webhook")
    try:
        await kept.change(_HOOK, replace(_HOOK, note="late"))
    except Stale:
        pass
    else:
        raise AssertionError("a change of what was changed since went through")
    await kept.put(_delivery("one"), now=NOW)
    expect(not await kept.switch_off(_HOOK.id, at=NOW, reason="dead", dead_since=NOW), "one that works stays on")
    expect(await kept.switch_off(_HOOK.id, at=NOW, reason="gone"), "a webhook is switched off")
    expect(not await kept.switch_off(_HOOK.id, at=NOW, reason="again"), "and only once")
    expect_equal(await kept.on("project"), [], "webhooks that are on")
    expect_equal([one.off_reason for one in await kept.webhooks("project")], ["gone"], "why it is off")
    expect_equal([one.status for one in await _all(store)], [Status.FAILED], "what waited for it")
    await kept.remove(_HOOK.id)
    expect_equal((await kept.webhook(_HOOK.id), await _all(store)), (None, []), "a webhook that was deleted")


async def check_outbox(store: TaskStore) -> None:
    """Moves of projects with webhooks, and of tasks with an address, become deliveries; the outbox moves on once."""
    kept = store.deliveries
    start = await kept.place()
    plain = sample_task("plain", project_id="proj_other")
    await store.create(plain)
    request = replace(plain.request, callback_url="https://example.com/own")
    own = await store.create(replace(plain, id="task_own", request=request))
    prompt = 'a prompt that says "callback_url":"https://example.com"'
    await store.create(replace(plain, id="task_says", request=replace(plain.request, prompt=prompt)))
    await kept.add(_HOOK, most=5)
    task = await bring(store, await store.create(sample_task()), State.RUNNING)
    last = await store.feed.last()
    told, reached = await kept.told(start, last, mark=_MARK, limit=10)
    expect_equal(
        [(one.task.id, one.source, one.target) for one in told],
        [
            (own.id, None, State.QUEUED),
            (task.id, None, State.QUEUED),
            (task.id, State.QUEUED, State.SUBMITTING),
            (task.id, State.SUBMITTING, State.RUNNING),
        ],
        "what is told",
    )
    expect_equal(reached, last, "how far that is all")
    some, reached = await kept.told(start, last, mark=_MARK, limit=2)
    expect_equal((len(some), reached), (2, told[1].place), "a page of it")
    await kept.advance(start, last, [_delivery("one"), _delivery("two")], now=NOW)
    try:
        await kept.advance(start, last, [_delivery("three")], now=NOW)
    except Stale:
        pass
    else:
        raise AssertionError("two servers went on from the same place")
    expect_equal((await kept.place(), len(await _all(store))), (last, 2), "the outbox, and what it wrote")


async def check_deliveries(store: TaskStore) -> None:
    """A delivery is in one hand at a time, those of a task follow each other, and the outcome of a try is kept."""
    kept = store.deliveries
    for name in ("one", "two"):
        await kept.put(_delivery(name), now=NOW)
    await kept.put(_delivery("other", task_id="task_other"), now=NOW)
    await kept.put(_delivery("elsewhere", lane="project b"), now=NOW)
    expect_equal(await kept.lanes("", now=NOW, limit=10), [("project a", True), ("project b", True)], "lanes")
    expect_equal(await kept.lanes("project a", now=NOW - 1, limit=10), [("project b", False)], "lanes behind one")
    first, other = await _claim(store)
    expect_equal((first.id, other.id), ("msg_one", "msg_other"), "the first of each task")
    expect_equal(await _claim(store), [], "what somebody has in hand")
    await kept.settle(first, Status.WAITING, _REFUSED, sent="{}", at=NOW, due_at=NOW + 5)
    expect_equal(await _claim(store), [], "what waits, and what waits behind it")
    again = (await _claim(store, now=NOW + 5))[0]
    expect_equal((again.id, again.tried, again.tries, again.sent), ("msg_one", 1, (_REFUSED,), "{}"), "its next try")
    try:
        await kept.settle(first, Status.DELIVERED, _REFUSED, sent="", at=NOW, due_at=None)
    except Stale:
        pass
    else:
        raise AssertionError("who lost a delivery wrote of it")
    expect_equal(await kept.replay(again.id, now=NOW), None, "a replay of what is being sent")
    await kept.settle(again, Status.DELIVERED, _REFUSED, sent="{}", at=NOW, due_at=None)
    expect_equal([one.id for one in await _claim(store)], ["msg_two"], "the next of the task")
    expect_equal(await kept.release("server", now=NOW), 2, "what a server had in hand")
    expect_equal({one.id for one in await _claim(store)}, {"msg_two", "msg_other"}, "what it had, in other hands")
    replayed = await kept.replay(again.id, now=NOW)
    expect(replayed is not None and replayed.tried == 0 and len(replayed.tries) == 2, "a replay keeps the tries")
    page = await kept.list(DeliveryFilter(project_id="project", status="waiting", limit=2))
    expect_equal([one.id for one in page], ["msg_elsewhere", "msg_other"], "a page, newest first")
    rest = await kept.list(DeliveryFilter(project_id="project", task_id="task_one", before=page[-1].seq))
    expect_equal([one.id for one in rest], ["msg_two", "msg_one"], "the deliveries of a task")


async def check_deliveries_end(store: TaskStore) -> None:
    """Failed deliveries of a webhook can be sent again together, and old ones are dropped."""
    kept = store.deliveries
    await kept.add(_HOOK, most=5)
    for name in ("one", "two"):
        await kept.put(_delivery(name, task_id=f"task_{name}"), now=NOW)
    for delivery in await _claim(store):
        await kept.settle(delivery, Status.FAILED, _REFUSED, sent="", at=NOW, due_at=None)
    hook = await kept.webhook(_HOOK.id)
    expect(hook is not None and hook.failing_since == NOW, "since when a webhook fails")
    expect_equal(await kept.replay_failed("proj_other", _HOOK.id, since=0, now=NOW, limit=9), 0, "somebody else's")
    expect_equal(await kept.replay_failed("project", _HOOK.id, since=NOW + 1, now=NOW, limit=9), 0, "older ones")
    expect_equal(await kept.replay_failed("project", _HOOK.id, since=NOW, now=NOW, limit=9), 2, "failed ones")
    first, _ = await _claim(store)
    await kept.settle(first, Status.DELIVERED, Try(at=NOW, ms=1, status=204), sent="", at=NOW, due_at=None)
    hook = await kept.webhook(_HOOK.id)
    expect(hook is not None and hook.failing_since is None, "a webhook that works again")
    expect_equal(await kept.forget(before=NOW, limit=9), 0, "what has just ended stays")
    expect_equal(await kept.forget(before=NOW + 1, limit=9), 1, "what ended before is dropped")


def _delivery(name: str, *, task_id: str = "task_one", lane: str = "project a") -> NewDelivery:
    return NewDelivery(
        id=f"msg_{name}",
        webhook_id=_HOOK.id,
        project_id="project",
        task_id=task_id,
        lane=lane,
        url="",
        shape="reelgate",
        event="task.running",
        state="running",
        at=NOW,
    )


async def _claim(store: TaskStore, *, now: int = NOW) -> list[Delivery]:
    return list(await store.deliveries.claim("project a", owner="server", now=now, until=now + 60_000, limit=9))


async def _all(store: TaskStore) -> list[Delivery]:
    return list(await store.deliveries.list(DeliveryFilter(project_id="project")))


DELIVERY_CHECKS = (check_webhooks, check_outbox, check_deliveries, check_deliveries_end)
