"""Sends the lines of batches, each once, and records the outcomes.

A line's create goes under an idempotency key of its own, so that one which was sent before a kill is found again and
not made twice. A server that looks after a batch has at most some of its lines under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog
from msgspec.structs import replace

from reelgate import limits
from reelgate.access.keyring import key_state
from reelgate.admission.idempotency import HEADER
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.dialects import by_name, dialect_for_query
from reelgate.dialects.port import Links
from reelgate.errors import InDoubt, RateLimited, ReelgateError, StoreError, TooManyTasks, WrongKey
from reelgate.http.creates import Creates
from reelgate.http.responses import encode
from reelgate.tasks.batches import (
    CANCELLED,
    EXPIRED,
    Batch,
    BatchLine,
    BatchStatus,
    LineError,
    TextFile,
    line_key,
)
from reelgate.tasks.projects import Key
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Owed, TaskStore, nobody_knows

log = structlog.get_logger()

Json = dict[str, Any]

_KEPT = 8
"""Batches whose lines are kept in memory: a file holds up to 8 MiB of them."""

_ENDS = {
    BatchStatus.IN_PROGRESS: BatchStatus.COMPLETED,
    BatchStatus.CANCELLING: BatchStatus.CANCELLED,
    BatchStatus.EXPIRING: BatchStatus.EXPIRED,
}
_NOT_BEGUN = {BatchStatus.CANCELLED: CANCELLED, BatchStatus.EXPIRED: EXPIRED}
_FAILED = {
    State.FAILED: "the video could not be made",
    State.CANCELLED: "the video was cancelled",
    State.EXPIRED: "the video was not made in time",
}


class Batches:
    """Moves a server's share of the open batches on. `owner` names the server."""

    def __init__(
        self,
        *,
        store: TaskStore,
        creates: Creates,
        catalog: Catalog,
        links: Links,
        clock: Clock,
        owner: str,
        owed: Owed = nobody_knows,
    ) -> None:
        self._owed = owed
        self._tasks = store
        self._store = store.batches
        self._creates = creates
        self._catalog = catalog
        self._links = links
        self._clock = clock
        self._owner = owner
        self._lines: dict[str, Sequence[Json]] = {}

    async def tend(self) -> None:
        """Continue every batch that no other server has claimed. Raises StoreError.

        What is wrong with one batch does not hold up the others.
        """
        now, lease = self._clock.now(), int(limits.BATCH_LEASE_SECONDS * 1000)
        found = await self._store.claim(self._owner, now=now, until=now + lease)
        # A line may take its time, and nothing may be ordered for a batch that another server has ended meanwhile.
        until = now + lease // 2
        for batch in found:
            try:
                await self._go_on(batch, until)
            except StoreError:
                raise
            except Exception:
                log.exception("batch.fault", batch=batch.id)
        for gone in self._lines.keys() - {batch.id for batch in found}:
            del self._lines[gone]

    async def _lines_of(self, batch: Batch) -> Sequence[Json]:
        """Return a batch's lines, which are kept for the few batches that sent some last. Raises StoreError."""
        kept = self._lines.pop(batch.id, None)
        self._lines[batch.id] = lines = msgspec.json.decode(await self._store.sent(batch.id)) if kept is None else kept
        while len(self._lines) > _KEPT:
            del self._lines[next(iter(self._lines))]
        return lines

    async def _go_on(self, batch: Batch, until: int) -> None:
        """Look at what was sent, and send lines until then (ms)."""
        if batch.status is BatchStatus.IN_PROGRESS and self._clock.now() >= batch.expires_at:
            await self._store.turn(batch.id, BatchStatus.EXPIRING, source=BatchStatus.IN_PROGRESS, at=self._clock.now())
            batch = replace(batch, status=BatchStatus.EXPIRING)
        begun, going_on = await self._store.begun(batch.id), 0
        for line in await self._store.open_lines(batch.id):
            going_on += (await self._looked_at(batch, line)).open
        if batch.status is BatchStatus.IN_PROGRESS:
            while begun < batch.total and going_on < limits.BATCH_LINES_AT_ONCE and self._clock.now() < until:
                sent = await self._sent(batch, begun, (await self._lines_of(batch))[begun])
                if sent is None:
                    break
                begun += 1
                going_on += sent.open
        elif (lost := await self._unwritten(batch, begun)) is not None:
            begun += 1
            going_on += (await self._looked_at(batch, lost)).open
        if not going_on and (begun == batch.total or batch.status is not BatchStatus.IN_PROGRESS):
            ended = {line.number: line for line in await self._store.lines(batch.id)}
            await self._end(batch, await self._lines_of(batch), ended)

    async def _unwritten(self, batch: Batch, number: int) -> BatchLine | None:
        """Return the next line if its task was made before a kill, and the kill left no record of that."""
        task = await self._tasks.task_of_key(batch.project_id, line_key(batch.id, number))
        return None if task is None else await self._written(batch, BatchLine(number, task.id))

    async def _looked_at(self, batch: Batch, line: BatchLine) -> BatchLine:
        """Return a line that was sent as it stands now, written down where its video has ended."""
        task = await self._tasks.get(line.task_id or "")
        if task is not None and not task.state.ended:
            if batch.status is not BatchStatus.IN_PROGRESS and not task.cancel_requested:
                await self._tasks.request_cancel(task.id, at=self._clock.now(), owed=self._owed)
            return line
        return await self._written(batch, self._over(batch, line, task))

    def _over(self, batch: Batch, line: BatchLine, task: Task | None) -> BatchLine:
        if task is None:
            gone = LineError("video_deleted", f"{line.task_id} was deleted before the batch had ended")
            return replace(line, ok=0, answer=_json(gone.told))
        error = None
        if task.state is not State.SUCCEEDED:
            code = task.error_code or str(task.state)
            error = {"code": code, "message": task.error_message or _FAILED[task.state]}
        speaker = dialect_for_query(f"{batch.endpoint}/{task.id}", task)
        answer = speaker.render(task, self._catalog.of(task.made_with, task.sold_by, or_like=True), self._links)
        response = {"status_code": answer.status, "request_id": task.request_id, "body": answer.body}
        return replace(line, ok=int(error is None), answer=_json({"response": response, "error": error}))

    async def _sent(self, batch: Batch, number: int, line: Json) -> BatchLine | None:
        """Send a line, once, and write down what came of that; None if it has to wait.

        Where the journal did not say whether the task was made, the same create finds it on the next turn.
        """
        try:
            key = await self._key(batch)
            task = await self._creates.placed(batch.endpoint, line["body"], key, {HEADER: line_key(batch.id, number)})
        except ReelgateError as error:
            if error.status >= 500 or isinstance(error, TooManyTasks | RateLimited | InDoubt):
                log.info("batch.waits", batch=batch.id, line=number, reason=str(error))
                return None
            return await self._written(batch, BatchLine(number, None, 0, self._refused(error)))
        return await self._written(batch, BatchLine(number, task.id))

    async def _key(self, batch: Batch) -> Key:
        """Return the key that the batch was made with. Raises WrongKey if it opens nothing any more."""
        key = await self._tasks.projects.key(batch.key_id)
        if key is None or key_state(key, self._clock.now()) != "valid":
            raise WrongKey
        return key

    def _refused(self, error: ReelgateError) -> str:
        speaker = by_name("openai")
        request_id = speaker.new_request_id(self._clock.now())
        answer = speaker.render_error(error, request_id)
        response = {"status_code": answer.status, "request_id": request_id, "body": answer.body}
        return _json({"response": response, "error": None})

    async def _written(self, batch: Batch, line: BatchLine) -> BatchLine:
        await self._store.put_line(batch.id, line)
        return line

    async def _end(self, batch: Batch, lines: Sequence[Json], begun: Mapping[int, BatchLine]) -> None:
        """Write the files that a batch ends in, and end it; over again where that was interrupted."""
        now, status = self._clock.now(), _ENDS[batch.status]
        made: list[str] = []
        failed: list[str] = []
        for number, line in enumerate(lines):
            told = {"id": f"batch_req_{batch.id.removeprefix('batch_')}_{number}", "custom_id": line["custom_id"]}
            if number in begun:
                kept = msgspec.json.decode(begun[number].answer)
                (made if begun[number].ok else failed).append(_json(told | kept))
            else:
                failed.append(_json(told | _NOT_BEGUN[status].told))
        output = await self._document(batch, "output", made, now)
        errors = await self._document(batch, "error", failed, now)
        counted = replace(batch, completed=len(made), failed=len(failed))
        await self._store.end(counted, status, at=now, output=output, errors=errors)
        log.info("batch.ended", batch=batch.id, status=status, completed=len(made), failed=len(failed))

    async def _document(self, batch: Batch, what: str, lines: Sequence[str], now: int) -> str | None:
        if not lines:
            return None
        text = "\n".join((*lines, ""))
        ends = batch.created_at + batch.keep_seconds * 1000 if batch.keep_seconds else None
        document = TextFile(
            id=f"file-{batch.id.removeprefix('batch_')}-{what}",
            project_id=batch.project_id,
            purpose="batch_output",
            name=f"{batch.id}_{what}.jsonl",
            bytes=len(text.encode()),
            created_at=now,
            expires_at=ends,
        )
        await self._store.add_document(document, text)
        return document.id


def _json(value: object) -> str:
    return bytes(encode(value)).decode()
