"""The web application of the simulator: finds the vendor, lets go wrong what shall, and answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from reelgate.clock import Clock
from reelgate.testing.simulator.callbacks import Callbacks
from reelgate.testing.simulator.connections import Connections
from reelgate.testing.simulator.control import NAME, Control
from reelgate.testing.simulator.deliveries import HABITS, MAKERS, asked, retold
from reelgate.testing.simulator.faults import IDS, REFUSALS, SAYS_END, SKEW_MS, WORDS, Fault, Faults
from reelgate.testing.simulator.fields import Wrong
from reelgate.testing.simulator.films import FilmShelf
from reelgate.testing.simulator.jobs import LINK_MS, JobTable, State, VendorJob
from reelgate.testing.simulator.sending import LATE_SECONDS, TYPES, Exchange
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, shorter

_ANSWERED = {
    Fault.ERROR_BEFORE_ACCEPT,
    Fault.ERROR_IN_200,
    Fault.THROTTLE,
    Fault.THROTTLE_WITH_WAIT,
    Fault.THROTTLE_UNTIL,
    Fault.UNAUTHORIZED,
    Fault.NO_CREDIT,
    Fault.REJECTED,
}
"""What is an answer without anything done."""

_WAIT_SECONDS = 1
_ELSEWHERE = "https://moved.example/v1"


class App:
    """An ASGI application in which each vendor has a folder of its own name."""

    def __init__(
        self,
        *,
        vendors: Mapping[str, Vendor],
        tables: Mapping[str, JobTable],
        faults: Faults,
        clock: Clock,
        lasts_ms: int,
        url: str,
    ) -> None:
        self.connections = Connections()
        self.callbacks = Callbacks(faults, clock)
        self.stop = asyncio.Event()
        self._vendors = vendors
        self._tables = tables
        self._faults = faults
        self._clock = clock
        self._lasts_ms = lasts_ms
        self._url = url
        self._films = FilmShelf()
        self._control = Control(tables, faults, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        with suppress(ClientDisconnect):  # a gateway that was killed while it called
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send, self.connections)
        exchange.now = self._clock.now()
        name, slash, rest = exchange.request.url.path.removeprefix("/").partition("/")
        vendor = self._vendors.get(name)
        if vendor is None:
            await self._steer(exchange, name, rest)
            return
        try:
            if rest.startswith("files/"):
                await self._link(exchange, vendor, rest.removeprefix("files/"))
            else:
                await self._answer(exchange, vendor, slash + rest)
        except Wrong as wrong:
            await _refuse(exchange, vendor, vendor.wrong(wrong))
        except Refusal as refusal:
            await _refuse(exchange, vendor, refusal.said)

    async def _steer(self, exchange: Exchange, name: str, path: str) -> None:
        """Answer a call that no vendor has."""
        if name != NAME:
            await exchange.json({"error": f"no such vendor; there are {', '.join(self._vendors)} and {NAME}"}, 404)
            return
        try:
            body, status = self._control.answer(exchange.request.method, path, await _body(exchange.request))
        except Wrong as wrong:
            body, status = {"error": str(wrong)}, 400
        await exchange.json(body, status)

    async def _answer(self, exchange: Exchange, vendor: Vendor, path: str) -> None:
        request = exchange.request
        route, job_id = _route(vendor, request.method, path)
        key = _key(request, vendor.scheme)
        if not key:
            raise Refusal(vendor.no_key)
        body = await _body(request)
        self._control.calls[f"{vendor.name} {route.operation}"] += 1
        fault = self._faults.take(vendor.name, route.operation)
        exchange.now += SKEW_MS if fault is Fault.CLOCK_SKEW else 0
        if await self._fails(exchange, vendor, fault):
            return
        call = self._call(vendor, request, key=key, job_id=job_id, body=body, fault=fault)
        standing = self._tables[vendor.name].find(job_id) if route.operation == "query" else None
        if standing is not None:
            asked(standing, vendor.fails, call.now)
        if job := call.job():
            _strike(job, vendor, fault, call.now)
        answer = route.handle(call)
        habit = (standing.habit or fault) if standing is not None else None
        if standing is not None and habit in HABITS and answer.status == 200:
            answer = answer._replace(body=retold(answer.body, Fault(habit), standing.shot, call.files))
        await self._send(exchange, vendor, answer, fault)

    def _call(self, vendor: Vendor, request: Request, *, key: str, job_id: str, body: Any, fault: Fault | None) -> Call:
        table, files = self._tables[vendor.name], self._files(vendor)

        def take(job: VendorJob) -> None:
            table.accept(job)
            self.callbacks.watch(vendor, files, job)

        return Call(
            table=table,
            now=self._clock.now(),
            key=key,
            id=job_id,
            query=request.query_params,
            headers=request.headers,
            body=body,
            fault=fault,
            files=files,
            take=take,
            lasts_ms=self._lasts_ms,
        )

    async def _fails(self, exchange: Exchange, vendor: Vendor, fault: Fault | None) -> bool:
        """Answer a fault that leaves nothing done; return whether it was one."""
        if fault is Fault.DROP_BEFORE_ACCEPT:
            await exchange.drop()
        elif fault is Fault.REDIRECT:
            await exchange.json({}, 308, {"Location": f"{_ELSEWHERE}{exchange.request.url.path}"})
        elif fault is not None and fault in REFUSALS:
            await exchange.json(REFUSALS[fault])
        elif fault is not None and fault in _ANSWERED:
            await _refuse(exchange, vendor, vendor.failed(fault), _wait(fault))
        else:
            return False
        return True

    async def _send(self, exchange: Exchange, vendor: Vendor, answer: Answer, fault: Fault | None) -> None:
        """Send the answer, or do not, as the fault says."""
        if fault is Fault.ERROR_AFTER_ACCEPT:
            await _refuse(exchange, vendor, vendor.broken)
        elif fault is Fault.DROP_AFTER_ACCEPT:
            await exchange.drop()
        elif fault is Fault.TIMEOUT_AFTER_ACCEPT:
            await exchange.never(self.stop)
        elif fault is Fault.NOT_JSON:
            await exchange.page()
        elif fault is Fault.ENDLESS_ANSWER:
            await exchange.endless(self.stop, "application/json")
        elif fault is Fault.CROWDED_ANSWER:
            await exchange.crowd()
        elif answer.film is not None:
            await self._film(exchange, vendor, answer.film, answer.suffix, fault)
        else:
            if fault is Fault.LATE_ANSWER:
                await asyncio.sleep(LATE_SECONDS)
            await exchange.json(self._told(vendor, answer.body, fault), answer.status)

    def _told(self, vendor: Vendor, body: Any, fault: Fault | None) -> Any:
        """Return an answer in the words, and with the id at the place, that the fault has for it."""
        if fault is None:
            return body
        if fault in IDS:
            return vendor.reshape(body, fault)
        word = {Fault.EMPTY_STATUS: "", Fault.UNKNOWN_WORD: vendor.odd_word, **WORDS}.get(fault)
        if word is not None:
            vendor.reword(body, word)
        return vendor.retell(body, fault, self._files(vendor))

    def _files(self, vendor: Vendor) -> str:
        return f"{self._url}/{vendor.name}/files/"

    async def _link(self, exchange: Exchange, vendor: Vendor, name: str) -> None:
        """Serve a file under its link, which needs no key."""
        if vendor.links_refuse_keys and "authorization" in exchange.request.headers:
            await exchange.no_keys()
            return
        job_id, _, suffix = unquote(name).rpartition(".")
        fault = self._faults.take(vendor.name, "content")
        if await self._fails(exchange, vendor, fault):
            return
        job = None if fault is Fault.GONE else self._tables[vendor.name].find(job_id)
        now = self._clock.now()
        if job is None or suffix not in TYPES or job.state(now) is not State.SUCCEEDED:
            raise Refusal(vendor.not_found)
        if fault is Fault.EXPIRED_LINK or now > job.finished_at + LINK_MS:
            await exchange.expired()
            return
        await self._send(exchange, vendor, Answer(film=job, suffix=suffix), fault)

    async def _film(self, exchange: Exchange, vendor: Vendor, job: VendorJob, suffix: str, fault: Fault | None) -> None:
        if fault is Fault.EXPIRED_LINK:
            raise Refusal(vendor.not_found)
        if fault is Fault.ENDLESS_FILE:
            await exchange.endless(self.stop, TYPES["mp4"])
            return
        if job.habit == Fault.FAILED_AFTER_DONE:
            raise Refusal(vendor.not_found)
        shot = job.film or job.shot
        if fault is Fault.WRONG_LENGTH:
            shot = shorter(shot)
        form = fault if fault in MAKERS else job.habit if job.habit in MAKERS else None
        name = suffix if form is None or suffix != "mp4" else str(form)
        content = self._films.kept(shot, name)
        if content is None:
            content = await asyncio.to_thread(self._films.made, shot, name)
        cut, slowly = fault is Fault.CUT_DOWNLOAD, fault is Fault.SLOW_BYTES
        await exchange.file(content, suffix, cut=cut, slowly=slowly)


def _strike(job: VendorJob, vendor: Vendor, fault: Fault | None, now: int) -> None:
    """Bring a job where the fault says that it is."""
    if fault is Fault.FAILED:
        job.fail(vendor.fails, now)
    elif fault is Fault.REASON_ELSEWHERE or fault in SAYS_END:
        job.fail(vendor.fails, now)
        job.reason = vendor.fails  # also of one that was done in the meantime
    elif fault in (Fault.SAYS_DONE, Fault.PRIVATE_LINK):
        job.finish(now)


def _wait(fault: Fault | None) -> dict[str, str] | None:
    """Return the header that asks for a wait, where one is asked for."""
    if fault is Fault.THROTTLE_UNTIL:
        return {"Retry-After": formatdate(time.time() + 1 + _WAIT_SECONDS, usegmt=True)}
    return {"Retry-After": str(_WAIT_SECONDS)} if fault is Fault.THROTTLE_WITH_WAIT else None


def _route(vendor: Vendor, method: str, path: str) -> tuple[Route, str]:
    """Return the address that was called, and the job's id in it. Raises Refusal."""
    for route in vendor.routes():
        job_id = route.matches(method, path)
        if job_id is not None:
            return route, unquote(job_id)
    raise Refusal(vendor.not_found)


def _key(request: Request, scheme: str) -> str:
    """Return the key that came with the request, "" if there is none in the vendor's own scheme."""
    said, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if said.lower() == scheme.lower() else ""


async def _body(request: Request) -> Any:
    """Return the JSON, or a form's fields with a file as its name, type and size; None without a body. Raises Wrong."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            return {name: _part(value) for name, value in form.multi_items()}
    content = await request.body()
    try:
        return msgspec.json.decode(content) if content else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Wrong("body", "is not JSON") from None


def _part(value: str | UploadFile) -> Any:
    if isinstance(value, str):
        return value
    return {"filename": value.filename, "content_type": value.content_type, "bytes": value.size}


async def _refuse(exchange: Exchange, vendor: Vendor, said: Said, headers: Mapping[str, str] | None = None) -> None:
    await exchange.json(vendor.error(said), said.status, headers)
