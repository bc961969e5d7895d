"""What is sent to webhooks, in which order and how often, over a real journal and real sockets; time is the test's."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace
from standardwebhooks.webhooks import Webhook as Verifier

from reelgate import limits
from reelgate.catalog import load
from reelgate.errors import InvalidField, WebhookNotFound, WrongState
from reelgate.events.courier import Courier
from reelgate.events.endpoints import CALLBACKS, Endpoints, KeptWebhook
from reelgate.events.messages import Messages
from reelgate.events.outbox import Outbox
from reelgate.events.posting import Poster, ReceiverReply
from reelgate.events.signing import Secret, Secrets, headers
from reelgate.media.addresses import AddressRule
from reelgate.signing import Signer
from reelgate.tasks.deliveries import Delivery, DeliveryFilter, Status
from reelgate.tasks.journal import Journal
from reelgate.tasks.record import Task
from reelgate.tasks.sqlite import SqliteDatabase
from reelgate.tasks.states import State
from reelgate.tasks.store import Change
from reelgate.testing.stores.samples import NOW, OUTPUT, bring, sample_task
from tests.conductor.studio import HandClock
from tests.events.receiver import Receiver, receiving, status
from tests.loop import in_loop

PROJECT = "project"
CATALOG = load()


class Desk(NamedTuple):
    """A journal, the sender, the manager and the clock."""

    store: Journal
    courier: Courier
    endpoints: Endpoints
    clock: HandClock

    async def turn(self) -> None:
        """Send all that is due now, one after another."""
        for _ in range(20):
            sent = await self.tries()
            await self.courier.look()
            await self.courier.settled()
            if sent == await self.tries():
                return

    async def tries(self) -> int:
        return sum(len(one.tries) for one in await self.deliveries())

    async def deliveries(self) -> list[Delivery]:
        """Return all deliveries, the oldest first."""
        return list(reversed(await self.store.deliveries.list(DeliveryFilter(project_id=PROJECT, limit=1000))))

    async def statuses(self) -> list[str]:
        return [one.status.value for one in await self.deliveries()]

    async def webhook(self, url: str, *events: str) -> KeptWebhook:
        return await self.endpoints.add(PROJECT, {"url": url, **({"events": list(events)} if events else {})})


@asynccontextmanager
async def desk(folder: Path, *, private: bool = True, owner: str = "server") -> AsyncIterator[Desk]:
    store, clock = Journal(SqliteDatabase(folder / "journal.db")), HandClock()
    await store.open()
    rule = AddressRule(allow_private=private)
    messages = Messages(
        store=store,
        catalog=CATALOG,
        secrets=Secrets(Signer(b"s" * 32)),
        links=lambda task, name: f"https://gate.example/files/{task.id}/{name}",
        clock=clock,
    )
    courier = Courier(
        store=store,
        outbox=Outbox(store, clock),
        messages=messages,
        poster=Poster(rule, seconds=480.0),
        clock=clock,
        owner=owner,
    )
    endpoints = Endpoints(store=store.deliveries, messages=messages, rule=rule, clock=clock, wake=courier.hint)
    try:
        yield Desk(store, courier, endpoints, clock)
    finally:
        await courier.aclose()
        await store.aclose()


async def finished(at: Desk, name: str = "one", **changes: Any) -> Task:
    """Make a task and bring it to its end."""
    task = await bring(at.store, await at.store.create(sample_task(name, **changes)), State.COLLECTING)
    return await at.store.move(task, "finish", Change(at=NOW, output=OUTPUT))


def with_callback(url: str, **changes: Any) -> dict[str, Any]:
    request = replace(sample_task().request, callback_url=url)
    return {"request": replace(request, **changes)}


@in_loop
async def test_a_webhook_is_told_in_order_once_each_and_can_verify_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        webhook, secret = await at.webhook(receiver.url, "*")
        await finished(at)
        await at.turn()
        assert [got.json["type"] for got in receiver.got] == [
            f"task.{state}" for state in ("created", "submitting", "running", "collecting", "succeeded")
        ]
        assert [got.json["data"]["state"] for got in receiver.got] == [
            "queued", "submitting", "running", "collecting", "succeeded"
        ]  # fmt: skip
        assert receiver.got[-1].json["data"]["result_url"] == "https://gate.example/files/task_one/result.mp4"
        assert receiver.got[-1].json["data"]["price"]["charged_micros"] == 700_000
        assert receiver.got[-1].json["timestamp"] == "2027-01-15T08:00:00.000Z"
        assert receiver.got[0].line == "POST /hook?a=1 HTTP/1.1"
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 5
        for got in receiver.got:
            verify(got.headers, got.body, secret)
        assert [one.tries[0].answer for one in await at.deliveries()] == ["ok"] * 5
        assert (await at.deliveries())[-1].sent.encode() == receiver.got[-1].body
        assert webhook.events == ("*",)


def verify(sent: dict[str, str], body: bytes, secret: Secret) -> None:
    """Check both signatures, apart from their time, which is the test's."""
    signed = b".".join((sent["webhook-id"].encode(), sent["webhook-timestamp"].encode(), body))
    found = dict(one.split(",", 1) for one in sent["webhook-signature"].split(" "))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret.public.removeprefix("whpk_")))
    key.verify(base64.b64decode(found["v1a"]), signed)
    assert headers([secret], sent["webhook-id"], int(sent["webhook-timestamp"]), body)[2][1].split(" ")[0] in (
        sent["webhook-signature"].split(" ")
    )


def test_the_reference_implementation_verifies_what_is_signed_with_any_of_its_secrets() -> None:
    old, new = (Secrets(Signer(b"s" * 32)).of("wh_one", number) for number in (1, 2))
    body = '{"type":"task.succeeded","prompt":"猫"}'.encode()
    sent = dict(headers([new, old], "msg_1", int(time.time()), body))
    for secret in (old, new):
        assert Verifier(secret.text).verify(body, sent)["prompt"] == "猫"
    assert old.text != new.text
    assert old.public != new.public
    assert Secrets(Signer(b"t" * 32)).of("wh_one", 1).text != old.text


@in_loop
async def test_a_webhook_hears_of_ends_alone_unless_it_asks_for_more_and_of_no_other_project(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await at.webhook(receiver.url)
        await finished(at)
        await finished(at, "other", project_id="proj_other")
        await at.turn()
        assert [got.json["type"] for got in receiver.got] == ["task.succeeded"]


@in_loop
async def test_a_webhook_that_asks_for_openai_s_events_is_told_in_openai_s_form(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        _, secret = await at.webhook(receiver.url, "task.succeeded", "video.completed", "video.failed")
        await finished(at)
        lost = await bring(at.store, await at.store.create(sample_task("two")), State.RUNNING)
        await at.store.move(lost, "fail", Change(at=NOW, error_code="refused", error_message="no"))
        await at.turn()
        told = {got.json["type"]: got for got in receiver.got}
        assert sorted(told) == ["task.succeeded", "video.completed", "video.failed"]
        event = told["video.completed"].json
        named = told["video.completed"].headers["webhook-id"]
        assert event == {
            "id": f"evt_{named}",
            "object": "event",
            "created_at": NOW // 1000,
            "type": "video.completed",
            "data": {"id": "task_one"},
        }
        assert told["video.failed"].json["data"] == {"id": "task_two"}
        for got in receiver.got:
            verify(got.headers, got.body, secret)


@in_loop
async def test_what_a_dead_receiver_misses_comes_when_it_lives_with_the_same_id_and_in_order(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await at.webhook(receiver.url, "task.running", "task.succeeded")
        await receiver.kill()
        await finished(at)
        await at.turn()
        ids = [one.id for one in await at.deliveries()]
        assert await at.statuses() == ["waiting", "waiting"]
        assert [len(one.tries) for one in await at.deliveries()] == [1, 0]  # the second waits for the first
        await receiver.start()
        receiver.answers = [status(503)]
        at.clock.pass_seconds(1.2 * limits.WEBHOOK_RETRY_SECONDS[0])
        await at.turn()
        at.clock.pass_seconds(1.2 * limits.WEBHOOK_RETRY_SECONDS[1])
        await at.turn()
        assert [got.headers["webhook-id"] for got in receiver.got] == [ids[0], ids[0], ids[1]]
        assert await at.statuses() == ["delivered", "delivered"]


@in_loop
async def test_tries_go_on_for_three_days_with_growing_pauses_and_then_end(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await finished(at, **with_callback(receiver.url), dialect="reelgate")
        receiver.answers = [status(500)] * 30
        began, pauses = at.clock.now(), []
        for _ in range(len(limits.WEBHOOK_RETRY_SECONDS)):
            await at.turn()
            due = (await at.deliveries())[0].due_at
            assert due is not None
            pauses.append((due - at.clock.now()) / 1000)
            at.clock.time = due - 1
            await at.turn()
            assert len(receiver.got) == len(pauses), "it was tried before its time"
            at.clock.time = due + int(limits.WEBHOOK_LONGEST_PAUSE_SECONDS * 1000)
        await at.turn()
        assert await at.statuses() == ["failed"]
        for pause, planned in zip(pauses, limits.WEBHOOK_RETRY_SECONDS, strict=True):
            assert 0.9 * planned <= pause <= 1.1 * planned + 0.001
        assert 2.6 * 86_400_000 < at.clock.now() - began < 3.4 * 86_400_000
        assert len(receiver.got) == len(limits.WEBHOOK_RETRY_SECONDS) + 1


@in_loop
async def test_answers_that_lie_hang_or_never_end_cost_a_bounded_time(tmp_path: Path) -> None:
    rule = AddressRule(allow_private=True)
    posters = {"hangs": Poster(rule, seconds=1.0)}
    patient = Poster(rule, seconds=480.0, answer_seconds=0.2)
    async with receiving() as other:
        answers: dict[str, Callable[[Receiver], Any]] = {
            "dribbles": lambda at: at.dribble,
            "floods": lambda at: at.flood,
            "redirects": lambda _: status(302, f"Location: {other.url}"),
            "hangs": lambda at: at.hang,
            "says 100": lambda at: at.wait_on,
            "speaks ssh": lambda _: b"SSH-2.0-OpenSSH_9.2\r\n",
            "says nothing": lambda _: b"",
            "is full": lambda _: status(507, "Retry-After: 99999999"),
        }

        async def outcome(name: str) -> ReceiverReply:
            async with receiving() as receiver:
                receiver.answers = [answers[name](receiver)]
                return await posters.get(name, patient).post(receiver.url, (), b"{}", project=PROJECT)

        replies = dict(zip(answers, await asyncio.gather(*map(outcome, answers)), strict=True))
        for poster in (patient, *posters.values()):
            await poster.aclose()
        assert not other.got
    assert {name for name, reply in replies.items() if reply.arrived} == {"dribbles", "floods"}
    assert all(len(reply.answer) <= limits.WEBHOOK_ANSWER_CHARS for reply in replies.values())
    assert {name: reply.error for name, reply in replies.items() if reply.error} == {
        "redirects": "redirects are not followed",
        "hangs": "127.0.0.1 took longer than 1 s",
        "says 100": "127.0.0.1 sends informational answers (1xx) without end",
        "speaks ssh": "127.0.0.1 broke off before it answered",
        "says nothing": "127.0.0.1 broke off before it answered",
        "is full": "HTTP 507",
    }
    assert replies["is full"].retry_after == limits.WEBHOOK_RETRY_AFTER_SECONDS


@in_loop
async def test_one_slow_receiver_holds_up_nobody_else(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as slow, receiving() as quick:
        slow.answers = [slow.hang] * 1000
        await at.webhook(slow.url)
        await at.webhook(quick.url)
        for number in range(40):
            await finished(at, f"n{number}")
        async with asyncio.timeout(480):
            while len(quick.got) < 40:
                await at.courier.look()
                await asyncio.sleep(0.01)
        assert slow.most_open == limits.WEBHOOKS_AT_ONCE_PER_RECEIVER
        await slow.kill()


@in_loop
async def test_a_receiver_that_takes_nothing_is_tried_with_one_at_a_time_and_then_gets_all(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await at.webhook(receiver.url)
        await receiver.kill()
        for number in range(60):
            await finished(at, f"n{number}")
        await at.turn()
        first = await at.tries()
        assert first == limits.WEBHOOKS_AT_ONCE_PER_RECEIVER  # not sixty
        for _ in range(3):
            at.clock.pass_seconds(limits.WEBHOOK_LONGEST_PAUSE_SECONDS + 1)
            await at.turn()
        assert await at.tries() == first + 3
        await receiver.start()
        at.clock.pass_seconds(3600)
        await at.turn()
        for _ in range(3):
            await at.turn()
        assert set(await at.statuses()) == {"delivered"}
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 60


@in_loop
async def test_a_webhook_that_is_gone_is_switched_off_and_can_be_switched_on_and_replayed(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        webhook, _ = await at.webhook(receiver.url)
        receiver.answers = [status(410)]
        await finished(at)
        await at.turn()
        off = (await at.endpoints.get(PROJECT, webhook.id)).webhook
        assert (off.off_at, off.off_reason) == (at.clock.now(), "it answered 410 Gone")
        await finished(at, "two")
        await at.turn()
        assert len(receiver.got) == 1
        with pytest.raises(WrongState):
            await at.endpoints.test(PROJECT, webhook.id)
        await at.endpoints.change(PROJECT, webhook.id, {"enabled": True})
        assert await at.endpoints.replay_failed(PROJECT, webhook.id, {}) == 1
        await at.turn()
        assert [got.headers["webhook-id"] for got in receiver.got] == [(await at.deliveries())[0].id] * 2
        assert await at.statuses() == ["delivered"]


@in_loop
async def test_a_webhook_at_which_nothing_arrives_for_three_days_is_switched_off(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        webhook, _ = await at.webhook(receiver.url)
        await receiver.kill()
        await finished(at)
        await at.turn()
        at.clock.pass_seconds(limits.WEBHOOK_DEAD_SECONDS)
        assert (await at.endpoints.get(PROJECT, webhook.id)).webhook.off_at is None
        await at.turn()
        off = (await at.endpoints.get(PROJECT, webhook.id)).webhook
        assert off.off_reason == "nothing has arrived for 3 days; at last: 127.0.0.1 refuses the connection"
        await receiver.start()


@in_loop
async def test_what_a_killed_server_had_in_hand_is_sent_by_it_at_once_and_by_another_after_the_lease(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await at.webhook(receiver.url)
        await finished(at)
        await Outbox(at.store, at.clock).gather()
        for owner in ("killed", "server"):
            until = at.clock.now() + int(limits.WEBHOOK_LEASE_SECONDS * 1000)
            lane = (await at.deliveries())[0].lane
            assert await at.store.deliveries.claim(lane, owner=owner, now=at.clock.now(), until=until, limit=9)
            await at.turn()
            assert not receiver.got
            if owner == "killed":
                at.clock.time = until
        running = asyncio.create_task(at.courier.run())  # as the server that had it in hand starts again
        async with asyncio.timeout(480):
            await receiver.heard.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await at.courier.settled()
        assert await at.statuses() == ["delivered"]


@in_loop
async def test_two_servers_send_each_delivery_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, desk(tmp_path, owner="second") as other, receiving() as receiver:
        await at.webhook(receiver.url, "*")
        for number in range(10):
            await finished(at, f"n{number}")
        async with asyncio.timeout(480):
            while len(receiver.got) < 50:
                await asyncio.gather(at.courier.look(), other.courier.look())
                await asyncio.sleep(0.01)
        await asyncio.gather(at.courier.settled(), other.courier.settled())
        assert len({got.headers["webhook-id"] for got in receiver.got}) == len(receiver.got) == 50
        of_one = [got.json["type"] for got in receiver.got if got.json["data"]["id"] == "task_n3"]
        assert of_one == [f"task.{state}" for state in ("created", "submitting", "running", "collecting", "succeeded")]


@in_loop
async def test_a_rotated_secret_signs_beside_the_former_one_for_the_overlap(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        webhook, old = await at.webhook(receiver.url)
        _, new = await at.endpoints.rotate(PROJECT, webhook.id, {"overlap_seconds": 60})
        await finished(at)
        await at.turn()
        at.clock.pass_seconds(60)
        await finished(at, "two")
        await at.turn()
        both, one = receiver.got
        assert len(both.headers["webhook-signature"].split(" ")) == 4
        assert len(one.headers["webhook-signature"].split(" ")) == 2
        verify(one.headers, one.body, new)
        assert new.text != old.text
        _, last = await at.endpoints.rotate(PROJECT, webhook.id, {"overlap_seconds": 0})
        await finished(at, "three")
        await at.turn()
        assert len(receiver.got[-1].headers["webhook-signature"].split(" ")) == 2
        verify(receiver.got[-1].headers, receiver.got[-1].body, last)


@in_loop
async def test_a_test_message_and_the_secret_of_tasks_own_addresses(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        webhook, _ = await at.webhook(receiver.url)
        sent = await at.endpoints.test(PROJECT, webhook.id)
        await at.turn()
        assert receiver.got[0].json["type"] == "webhook.test"
        assert receiver.got[0].json["data"] == {"webhook_id": webhook.id}
        assert (await at.endpoints.delivery(PROJECT, sent.id)).status is Status.DELIVERED
        _, first = await at.endpoints.rotate(PROJECT, CALLBACKS, {})
        await finished(at, **with_callback(receiver.url), dialect="reelgate", project_id=PROJECT)
        await at.turn()
        own = next(
            got
            for got in receiver.got
            if len(got.headers["webhook-signature"].split(" ")) == 2 and got != receiver.got[0]
        )
        assert own.json["type"] == "task.succeeded"
        signed_by_first = [got for got in receiver.got[1:] if _signed(got.headers, got.body, first)]
        assert len(signed_by_first) == 1
        _, second = await at.endpoints.rotate(PROJECT, CALLBACKS, {})
        assert second.text != first.text
        with pytest.raises(WebhookNotFound):
            await at.endpoints.test(PROJECT, CALLBACKS)
        for act in (at.endpoints.get, at.endpoints.delete, at.endpoints.test):
            with pytest.raises(WebhookNotFound):
                await act("proj_other", webhook.id)
        with pytest.raises(WebhookNotFound):
            await at.endpoints.delivery("proj_other", sent.id)


def _signed(sent: dict[str, str], body: bytes, secret: Secret) -> bool:
    expected = headers([secret], sent["webhook-id"], int(sent["webhook-timestamp"]), body)[2][1]
    return expected.split(" ")[0] in sent["webhook-signature"].split(" ")


@in_loop
async def test_a_deleted_task_is_not_told_of_any_more_and_holds_nothing_up(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver:
        await at.webhook(receiver.url)
        await receiver.kill()
        task = await finished(at)
        await at.turn()
        await at.store.delete(task.id)
        await receiver.start()
        at.clock.pass_seconds(60)
        await at.turn()
        assert await at.statuses() == ["failed"]
        assert (await at.deliveries())[0].tries[-1].error == "the task was deleted"
        assert not receiver.got


PRIVATE = ["http://127.0.0.1:9/", "https://localhost/x", "http://[::1]/", "http://169.254.169.254/latest",
           "http://10.0.0.8:8080/", "http://a.localhost/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"]  # fmt: skip
WRONG = ["", "ftp://example.com/", "example.com/hook", "https://user:pw@example.com/", "https://", "https://a b/",
         "http://example.com:0/", "https://example.com/" + "x" * 2048, "https://exa\nmple.com/", 7, None]  # fmt: skip


@in_loop
async def test_a_task_of_an_api_that_is_no_longer_installed_holds_nothing_up(tmp_path: Path) -> None:
    async with desk(tmp_path) as at, receiving() as receiver, receiving() as other:
        await at.webhook(receiver.url)
        await finished(at, "old", dialect="sold.elsewhere", **with_callback(other.url))
        await finished(at, "new")
        await at.turn()
        assert sorted((got.json["type"], got.json["data"]["id"]) for got in receiver.got) == [
            ("task.succeeded", "task_new"),
            ("task.succeeded", "task_old"),
        ]
        assert other.got == []
        [waiting] = [one for one in await at.deliveries() if one.url]
        assert (waiting.status, waiting.event) == (Status.WAITING, "task.succeeded")
        assert "sold.elsewhere is no longer installed" in waiting.tries[0].error


@in_loop
async def test_private_and_impossible_addresses_are_refused_and_names_that_lead_there_are_not_called(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, private=False) as at, receiving() as receiver:
        for url in (*PRIVATE, *WRONG):
            with pytest.raises(InvalidField):
                await at.endpoints.add(PROJECT, {"url": url})
        wrong: tuple[dict[str, Any], ...] = (
            {"events": []},
            {"events": ["x"]},
            {"event": ["*"]},
            {"note": 3},
            {"events": "*"},
        )
        for fields in wrong:
            with pytest.raises(InvalidField):
                await at.endpoints.add(PROJECT, {"url": "https://example.com/", **fields})
        url = f"http://127.0.0.1:{receiver.port}/"  # as if its name had led there
        await finished(at, **with_callback(url), dialect="reelgate")
        await at.turn()
        assert not receiver.got
        assert (await at.deliveries())[0].tries[0].error == "127.0.0.1 is not a public address"
        assert await at.statuses() == ["failed"]


@in_loop
async def test_a_project_has_so_many_webhooks_and_no_more(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for number in range(limits.WEBHOOKS_PER_PROJECT):
            await at.webhook(f"https://example.com/{number}")
        with pytest.raises(WrongState):
            await at.webhook("https://example.com/more")
        await at.endpoints.add("proj_other", {"url": "https://example.com/"})
