"""Creates that are sent again: under an Idempotency-Key, or by an SDK that counts its retries."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable

import msgspec

from reelgate import limits
from reelgate.clock import Clock
from reelgate.dialects.port import Answer, Call
from reelgate.errors import InvalidField, KeyReused, MalformedBody, Unavailable
from reelgate.tasks.projects import Key
from reelgate.tasks.record import Task
from reelgate.tasks.store import KeyTaken, TaskStore

HEADER = "idempotency-key"
RETRY_COUNT = "x-stainless-retry-count"
"""Sent with every call by OpenAI's SDK and all that were made with the same generator; the first call counts 0."""
REPLAYED = ("x-reelgate-replayed", "true")
"""The header of an answer that was given before."""

_PRINTABLE = re.compile(r"[ -~]+")
_AGAIN = re.compile(r"0*[1-9][0-9]*")
_TRIES = 3  # where the task that took the key is deleted at the same moment
_encode = msgspec.json.Encoder(order="sorted").encode


class Mark(msgspec.Struct, frozen=True):
    """By what a create is known again: its address and body, and the client's own key or the SDK's count."""

    fingerprint: str
    key: str | None = None
    again: bool = False


async def read_mark(call: Call) -> Mark | None:
    """Return the mark of a create that may come again, None where nothing says so. Raises InvalidField."""
    key, count = call.headers.get(HEADER), call.headers.get(RETRY_COUNT)
    if key is None and count is None:
        return None
    if key is not None and not (_PRINTABLE.fullmatch(key) and len(key) <= limits.MAX_IDEMPOTENCY_KEY_CHARS):
        allowed = f"1 to {limits.MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters"
        raise InvalidField.out_of_range("Idempotency-Key", key, allowed)
    length = call.headers.get("content-length", "")
    small = length.isdecimal() and int(length) <= limits.FORM_INLINE_BYTES
    fingerprint = _fingerprint(call) if small else await asyncio.to_thread(_fingerprint, call)
    return Mark(fingerprint, key, bool(_AGAIN.fullmatch(count or "")))


def _fingerprint(call: Call) -> str:
    """Return a hash of what is asked for: spaces, the order of fields and a form's boundary don't count."""
    try:
        body = _encode(call.body)
    except RecursionError:
        raise MalformedBody("the body is nested too deeply") from None
    return hashlib.blake2b(call.path.encode() + b"\n" + body, digest_size=16).hexdigest()


class Repeats:
    """Makes one task of one create, however often it is sent."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._under_way: dict[tuple[str, str], asyncio.Future[None]] = {}

    async def once(
        self, mark: Mark, key: Key, create: Callable[[], Awaitable[Answer]], replay: Callable[[Task], Answer]
    ) -> Answer:
        """Create, or replay the answer to the same create. Raises KeyReused, and what `create` raises."""
        if mark.key is None:
            return await self._counted(mark, key, create, replay)
        for _ in range(_TRIES):
            task = await self._store.task_of_key(key.project_id, mark.key)
            if task is not None:
                if task.fingerprint != mark.fingerprint:
                    raise KeyReused
                return replay(task)
            try:
                return await create()
            except KeyTaken:
                continue
        raise Unavailable

    async def _counted(
        self, mark: Mark, key: Key, create: Callable[[], Awaitable[Answer]], replay: Callable[[Task], Answer]
    ) -> Answer:
        """Look for the task of an earlier try, also of one that this server is still busy with."""
        request = (key.id, mark.fingerprint)
        if mark.again:
            if (busy := self._under_way.get(request)) is not None:
                await asyncio.wait([busy])
            since = self._clock.now() - int(limits.RETRY_SECONDS * 1000)
            task = await self._store.latest_alike(*request, since=since)
            if task is not None:
                return replay(task)
        done = self._under_way[request] = asyncio.get_running_loop().create_future()
        try:
            return await create()
        finally:
            done.set_result(None)
            if self._under_way.get(request) is done:
                del self._under_way[request]
