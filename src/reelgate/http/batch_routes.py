"""`/v1/batches`: creates by the file, in OpenAI's form."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace
from starlette.responses import Response

from reelgate import ids, limits
from reelgate.access.load_shedding import Door
from reelgate.admission.idempotency import is_retry, read_key
from reelgate.clock import Clock
from reelgate.dialects.answers import unix
from reelgate.dialects.fields import Fields
from reelgate.dialects.query import text as listed_text
from reelgate.dialects.query import whole
from reelgate.errors import Crowded, InvalidField, KeyReused, StoreError, WrongState, shown
from reelgate.events.stream import Stream
from reelgate.http.answer_types.batches import BatchAnswer, BatchOrder, BatchPage
from reelgate.http.batch_lines import ENDPOINT, read_lines
from reelgate.http.caller import Caller
from reelgate.http.owned import Owned
from reelgate.http.responses import REPLAYED, JsonResponse
from reelgate.http.route import Owner, route
from reelgate.http.waiting import WAIT, wait_seconds
from reelgate.tasks.batches import Batch, BatchStatus, TextFile
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import Stale, TaskStore

Json = dict[str, Any]

WINDOW = "24h"
_LOOKED_AT = 50  # of a project's batches, to find the one that is retried
_KEPT_SECONDS = (3600, 2_592_000)
_SAID = {BatchStatus.EXPIRING: BatchStatus.IN_PROGRESS}
"""What OpenAI's clients have no word for."""

_LISTED = (listed_text("after"), whole("limit", 1, limits.MAX_PAGE_SIZE))


class BatchRoutes:
    """The routes under `/v1/batches`. A project sees its own only."""

    def __init__(self, store: TaskStore, owned: Owned, clock: Clock, stream: Stream) -> None:
        self._store = store.batches
        self._owned = owned
        self._stream = stream
        self._held = 0
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """By project: one batch is made after another, so that a retry finds what came before it."""
        self._clock = clock

    @route(
        "POST",
        "/v1/batches",
        Scope.CREATE,
        door=Door.ASSETS,
        answers="the batch",
        gives=BatchAnswer,
        takes=BatchOrder,
        query=(WAIT,),
    )
    async def create(self, caller: Caller) -> Response:
        """Create a batch from a file with one create per line."""
        fields = await caller.fields()
        fields.require("input_file_id", "the id of a file of purpose batch")
        for name, allowed in (("endpoint", ENDPOINT), ("completion_window", WINDOW)):
            fields.require(name, allowed)
            if fields.string(name) != allowed:
                raise InvalidField.not_one_of(name, fields.string(name), (allowed,))
        metadata, keep = _metadata(fields), _keep_seconds(fields)
        seconds = wait_seconds(caller.request.scope, strict=caller.strict)
        sent, now = caller.request.headers, self._clock.now()
        order = read_key(sent)
        wanted = Batch(
            id=ids.prefixed("batch_", now) if order is None else _id_under(order, caller.project_id),
            project_id=caller.project_id,
            key_id=caller.key.id,
            endpoint=ENDPOINT,
            status=BatchStatus.IN_PROGRESS,
            input_file=fields.string("input_file_id"),
            created_at=now,
            expires_at=now + limits.BATCH_WINDOW_SECONDS * 1000,
            metadata=_text(metadata) if metadata is not None else "",
            keep_seconds=keep,
        )
        async with self._turns.setdefault(caller.project_id, asyncio.Lock()):
            found = await self._before(wanted, named=order is not None, again=is_retry(sent))
            batch, again = (found, True) if found is not None else await self._added(wanted)
        headers = caller.rates | (dict([REPLAYED]) if again else {})
        return JsonResponse(batch_body(await self._changed(batch, seconds, ended=True)), headers=headers)

    async def _before(self, wanted: Batch, *, named: bool, again: bool) -> Batch | None:
        """Return the batch that the same call has made before, by its own name or as an SDK's retry. Raises KeyReused.

        Made twice, every one of its lines would be made and paid for twice.
        """
        if named:
            return _same(await self._store.get(wanted.id), wanted)
        if not again:
            return None
        since = wanted.created_at - int(limits.RETRY_SECONDS * 1000)
        latest = await self._store.list(wanted.project_id, before=None, limit=_LOOKED_AT)
        recent = (one for one in latest if one.created_at >= since and one.key_id == wanted.key_id)
        return next((one for one in recent if _order(one) == _order(wanted)), None)

    async def _added(self, wanted: Batch) -> tuple[Batch, bool]:
        """Write a batch down, or return the one that another server wrote under the same name.

        Raises InvalidField, and Crowded if the project has as many as it may.
        """
        document = await self._input(wanted.input_file, wanted.project_id)
        if await self._store.open_count(wanted.project_id) >= limits.BATCHES_PER_PROJECT:
            raise Crowded(
                f"the project already has {limits.BATCHES_PER_PROJECT} open batches, its maximum; "
                "send this one when one of them has ended"
            )
        lines, errors = await asyncio.to_thread(read_lines, await self._store.text(document.id) or "")
        batch = replace(wanted, total=len(lines))
        if errors:
            ended = wanted.created_at
            batch = replace(batch, status=BatchStatus.FAILED, errors=_text(errors), ended_at=ended)
        try:
            await self._store.add(batch, _text(lines))
        except Stale:
            found = _same(await self._store.get(wanted.id), wanted)
            if found is None:
                raise StoreError("the batch can't be written; try again") from None
            return found, True
        return batch, False

    @route("GET", "/v1/batches", Scope.READ, answers="a page of batches", gives=BatchPage, query=_LISTED)
    async def list(self, caller: Caller) -> Response:
        """List the project's batches, newest first."""
        query = caller.query
        limit = query.integer("limit", 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE
        after = query.text("after")
        before = await self._owned.batch(after, caller.project_id) if after else None
        query.refuse_unknown()
        found = await self._store.list(caller.project_id, before=before, limit=limit + 1)
        return JsonResponse(page_body([batch_body(one) for one in found[:limit]], more=len(found) > limit))

    @route(
        "GET",
        "/v1/batches/{id}",
        Scope.READ,
        owner=Owner.BATCH,
        answers="the batch",
        gives=BatchAnswer,
        query=(WAIT,),
    )
    async def batch(self, caller: Caller) -> Response:
        """Show a batch's status."""
        seconds = wait_seconds(caller.request.scope, strict=caller.strict)
        return JsonResponse(batch_body(await self._changed(caller.batch, seconds)))

    @route("POST", "/v1/batches/{id}/cancel", Scope.CREATE, owner=Owner.BATCH, answers="the batch", gives=BatchAnswer)
    async def cancel(self, caller: Caller) -> Response:
        """Start no further line of a batch, and cancel those under way."""
        batch = caller.batch
        if not batch.status.open:
            raise WrongState(f"{batch.id} is {batch.status}; only a batch that has not ended can be cancelled")
        now = self._clock.now()
        await self._store.turn(batch.id, BatchStatus.CANCELLING, source=BatchStatus.IN_PROGRESS, at=now)
        return JsonResponse(batch_body(await self._store.get(batch.id) or batch))

    async def _changed(self, batch: Batch, seconds: float, *, ended: bool = False) -> Batch:
        """Return a batch once it is another one, or has ended, or as it is after that many seconds."""
        if self._held >= limits.BATCH_WAITS:
            return batch
        now, left = batch, seconds
        self._held += 1
        try:
            while left > 0 and now.ended_at is None and (ended or now == batch) and not self._stream.closed:
                pause = min(left, limits.BATCH_LOOK_SECONDS)
                await asyncio.sleep(pause)
                left -= pause
                now = await self._store.get(batch.id) or now
        finally:
            self._held -= 1
        return now

    async def _input(self, file_id: str, project_id: str) -> TextFile:
        document = await self._store.document(file_id)
        if document is None or document.project_id != project_id or not document.live(self._clock.now()):
            allowed = "the id of a file of this project, uploaded with purpose batch"
            raise InvalidField(
                "input_file_id", f"there is no file {shown(file_id)}; allowed: {allowed}", allowed=allowed
            )
        return document


def _id_under(name: str, project_id: str) -> str:
    """Return the id of the batch that a project makes under an Idempotency-Key."""
    named = hashlib.blake2b(f"{project_id}\n{name}".encode(), digest_size=16)
    return f"batch_{named.hexdigest()}"


def _order(batch: Batch) -> tuple[str, str, int]:
    """Return what a client asks for with a batch."""
    return batch.input_file, batch.metadata, batch.keep_seconds


def _same(found: Batch | None, wanted: Batch) -> Batch | None:
    """Return a batch that has the wanted one's name. Raises KeyReused if it is another one."""
    if found is not None and _order(found) != _order(wanted):
        raise KeyReused
    return found


def batch_body(batch: Batch) -> Json:
    """Return a batch as OpenAI's clients know it."""
    ended: Mapping[BatchStatus, str] = {
        BatchStatus.COMPLETED: "completed_at",
        BatchStatus.FAILED: "failed_at",
        BatchStatus.CANCELLED: "cancelled_at",
        BatchStatus.EXPIRED: "expired_at",
    }
    begun = batch.status is not BatchStatus.FAILED
    times = dict.fromkeys(ended.values())
    if batch.status in ended and batch.ended_at is not None:
        times[ended[batch.status]] = unix(batch.ended_at)
    errors = {"object": "list", "data": msgspec.json.decode(batch.errors)} if batch.errors else None
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "errors": errors,
        "input_file_id": batch.input_file,
        "completion_window": WINDOW,
        "status": _SAID.get(batch.status, batch.status),
        "output_file_id": batch.output_file,
        "error_file_id": batch.error_file,
        "created_at": unix(batch.created_at),
        "in_progress_at": unix(batch.created_at) if begun else None,
        "expires_at": unix(batch.expires_at),
        "finalizing_at": unix(batch.ended_at) if begun and batch.ended_at is not None else None,
        **times,
        "cancelling_at": unix(batch.cancelling_at) if batch.cancelling_at is not None else None,
        "request_counts": {"total": batch.total, "completed": batch.completed, "failed": batch.failed},
        "metadata": msgspec.json.decode(batch.metadata) if batch.metadata else None,
    }


def page_body(shown_ones: Sequence[Json], *, more: bool) -> Json:
    """Return a page of a list as OpenAI's clients know it."""
    return {
        "object": "list",
        "data": shown_ones,
        "first_id": shown_ones[0]["id"] if shown_ones else None,
        "last_id": shown_ones[-1]["id"] if shown_ones else None,
        "has_more": more,
    }


def _metadata(fields: Fields) -> Json | None:
    found = fields.value("metadata")
    if found is None:
        return None
    pairs = found.items() if isinstance(found, dict) else ()
    fine = isinstance(found, dict) and len(found) <= limits.MAX_BATCH_METADATA
    if not fine or not all(isinstance(text, str) and len(text) <= 512 and len(name) <= 64 for name, text in pairs):
        allowed = f"at most {limits.MAX_BATCH_METADATA} texts of 512 characters under names of 64"
        raise InvalidField.out_of_range("metadata", found, allowed)
    return dict(pairs)


def _keep_seconds(fields: Fields) -> int:
    found = fields.value("output_expires_after")
    if found is None:
        return 0
    low, high = _KEPT_SECONDS
    seconds = found.get("seconds") if isinstance(found, dict) and found.get("anchor") == "created_at" else None
    if not isinstance(seconds, int) or not low <= seconds <= high:
        allowed = f'{{"anchor": "created_at", "seconds": {low} to {high}}}'
        raise InvalidField.out_of_range("output_expires_after", found, allowed)
    return seconds


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
