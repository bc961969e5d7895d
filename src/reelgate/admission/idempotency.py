"""Repeated creates: with a client's key, by an SDK that marks its retries, or after a lost answer."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import structlog

from reelgate import limits
from reelgate.admission.delivery import ClientConnection, Deliveries
from reelgate.clock import Clock
from reelgate.dialects.port import Answer, Call, Dialect
from reelgate.errors import AnswerFailed, InvalidField, KeyReused, MalformedBody, Unavailable
from reelgate.tasks.projects import Key
from reelgate.tasks.record import Task
from reelgate.tasks.store import KeyTaken, TaskStore

log = structlog.get_logger()

HEADER = "idempotency-key"
RETRY_COUNT = "x-stainless-retry-count"
"""Sent with every call by OpenAI's SDK and all that were made with the same generator; the first call counts 0."""
CALL_IDS = {"ark": "x-client-request-id"}
"""By dialect, the header that some of its SDKs draw once for a call and send with every try of it."""

_PRINTABLE = re.compile(r"[ -~]+")
_AGAIN = re.compile(r"0*[1-9][0-9]*")
_TOO_DEEP = "the body is nested too deeply"
_TRIES = 3  # where the task that took the key is deleted at the same moment
_encode = msgspec.json.Encoder(order="sorted").encode
_HERE = secrets.token_hex(16).encode()
"""Replaces a long text until it is hashed; no client can send this value."""


class CreateMark(msgspec.Struct, frozen=True):
    """By what a create is known again: its address and body, and the client's own key or the SDK's mark."""

    fingerprint: str
    key: str | None = None
    again: bool = False
    """Whether an equal one may have been sent before: the SDK counts a retry, or names its call."""


class CreateCall(NamedTuple):
    """How a create came: a hash of its address and body, its mark, and its connection where the server knows that."""

    fingerprint: str
    mark: CreateMark | None
    line: ClientConnection | None


def read_key(headers: Mapping[str, str]) -> str | None:
    """Return a call's Idempotency-Key, None if it has none. Raises InvalidField."""
    key = headers.get(HEADER)
    if key is not None and not (_PRINTABLE.fullmatch(key) and len(key) <= limits.MAX_IDEMPOTENCY_KEY_CHARS):
        allowed = f"1 to {limits.MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters"
        raise InvalidField.out_of_range("Idempotency-Key", key, allowed)
    return key


def is_retry(headers: Mapping[str, str]) -> bool:
    """Whether an SDK counts a call as one that it has sent before."""
    return _AGAIN.fullmatch(headers.get(RETRY_COUNT, "")) is not None


async def read_sent(call: Call, speaker: Dialect, line: ClientConnection | None) -> CreateCall:
    """Return how a create was sent, with a mark if it may be sent again. Raises InvalidField."""
    key = read_key(call.headers)
    named = call.headers.get(CALL_IDS.get(speaker.name, ""), "")
    length = call.headers.get("content-length", "")
    size = int(length) if length.isdecimal() and "content-encoding" not in call.headers else None
    if size is not None and size <= limits.BODY_PIECE_BYTES:
        fingerprint = _hashed(call, (_encoded(call.body),))
    else:
        fingerprint = await asyncio.to_thread(_fingerprint, call)
    if key is not None:
        return CreateCall(fingerprint, CreateMark(fingerprint, key), line)
    if named:
        both = hashlib.blake2b(f"{fingerprint}\n{named}".encode(), digest_size=16).hexdigest()
        return CreateCall(fingerprint, CreateMark(both, again=True), line)
    mark = CreateMark(fingerprint, again=is_retry(call.headers)) if RETRY_COUNT in call.headers else None
    return CreateCall(fingerprint, mark, line)


def _fingerprint(call: Call) -> str:
    """Return a hash of what is asked for: spaces, the order of fields and a form's boundary don't count."""
    texts: list[str] = []
    try:
        body = _without(call.body, texts)
    except RecursionError:
        raise MalformedBody(_TOO_DEEP) from None
    return _hashed(call, _pieces(_encoded(body), texts))


def _encoded(body: Any) -> bytes:
    try:
        return _encode(body)
    except RecursionError:
        raise MalformedBody(_TOO_DEEP) from None


def _hashed(call: Call, pieces: Iterable[bytes]) -> str:
    found = hashlib.blake2b(call.path.encode() + b"\n", digest_size=16)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def _pieces(body: bytes, texts: list[str]) -> Iterator[bytes]:
    """Yield a body with its long texts back in their places."""
    first, *others = body.split(_HERE)
    yield first
    for other in others:
        number, _, behind = other.partition(b";")
        text = texts[int(number)]
        for at in range(0, len(text), limits.BODY_PIECE_BYTES):
            yield _encode(text[at : at + limits.BODY_PIECE_BYTES])[1:-1]
        yield behind


def _without(value: Any, texts: list[str]) -> Any:
    """Return a value with its long texts taken out into `texts`: written in one go, they would hold up the others."""
    if isinstance(value, dict):
        return {name: _without(inner, texts) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, texts) for inner in value]
    if not isinstance(value, str) or len(value) <= limits.BODY_PIECE_BYTES:
        return value
    texts.append(value)
    return f"{_HERE.decode()}{len(texts) - 1};"


class Idempotency:
    """Makes one task of one create, however often it is sent."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._under_way: dict[tuple[str, str], asyncio.Future[None]] = {}
        self.deliveries = Deliveries(store, clock)

    async def once(
        self, sent: CreateCall, key: Key, admit: Callable[[], Awaitable[Task]], tell: Callable[[Task, bool], Answer]
    ) -> Answer:
        """Admit a create and report its task, or the task that the same create made before (then `tell` gets True).

        Raises KeyReused, AnswerFailed, and what `admit` raises.
        """
        request = (key.id, sent.fingerprint)
        if sent.mark and sent.mark.key:
            return _told(*await self._keyed(sent.mark, key, admit), tell)
        told = self.deliveries.begin(request, sent.line)
        task = None
        try:
            task = await self.deliveries.repeated(request, told)
            again = task is not None
            if task is None:
                task, again = await self._made(sent.mark, key, admit)
        finally:
            self.deliveries.done(request, told, task)
        return _told(task, again, tell)

    async def _made(self, mark: CreateMark | None, key: Key, admit: Callable[[], Awaitable[Task]]) -> tuple[Task, bool]:
        return (await admit(), False) if mark is None else await self._marked(mark, key, admit)

    async def _keyed(self, mark: CreateMark, key: Key, admit: Callable[[], Awaitable[Task]]) -> tuple[Task, bool]:
        for _ in range(_TRIES):
            task = await self._store.task_of_key(key.project_id, mark.key or "")
            if task is not None:
                if task.fingerprint != mark.fingerprint:
                    raise KeyReused
                return task, True
            try:
                return await admit(), False
            except KeyTaken:
                continue
        raise Unavailable

    async def _marked(self, mark: CreateMark, key: Key, admit: Callable[[], Awaitable[Task]]) -> tuple[Task, bool]:
        """Look for the task of an earlier try, also of one that this server is still busy with."""
        request = (key.id, mark.fingerprint)
        while mark.again and (busy := self._under_way.get(request)) is not None:
            await asyncio.wait([busy])
        done = self._under_way[request] = asyncio.get_running_loop().create_future()
        try:
            if mark.again:
                since = self._clock.now() - int(limits.RETRY_SECONDS * 1000)
                task = await self._store.latest_alike(*request, since=since)
                if task is not None:
                    return task, True
            return await admit(), False
        finally:
            done.set_result(None)
            if self._under_way.get(request) is done:
                del self._under_way[request]


def _told(task: Task, again: bool, tell: Callable[[Task, bool], Answer]) -> Answer:
    try:
        return tell(task, again)
    except Exception:
        log.exception("admission.answer", task=task.id)
        raise AnswerFailed(task.id) from None
