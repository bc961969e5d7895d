"""Servers that speak OpenAI's /v1/videos: engines on the operator's own GPUs, relays, other gateways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from reelgate import limits
from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import address_in, id_in, said, word_in
from reelgate.providers.openai_profiles import Part, body_of, channel_of, check_fps, marks_of, modes_of, profile_of
from reelgate.providers.port import (
    Failed,
    FileAddress,
    Job,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Running,
    Succeeded,
    Unrecognized,
    Verdict,
)
from reelgate.providers.reading import AnswerReading
from reelgate.providers.relay import error_of, is_gone, refused, untried
from reelgate.providers.reply import Path, Reply
from reelgate.providers.vendor import VendorProvider
from reelgate.providers.wire import Query
from reelgate.providers.words import JobStatus, may_speak_of_the_call

_VIDEOS = "/videos"
_PAGE = 100  # the most that is listed at once
_PAGES = 10  # of what was made about the time of one submission
_GENERATIONS = "/video/generations"  # where new-api tells its own record of a job
_NO_SUCH_CALL = (404, 405)
_IDS: tuple[Path, ...] = (("id",), ("task_id",))


class OpenAIVideosProvider(VendorProvider):
    """One server. A job on an engine of the operator's own costs nothing: what is lost there is made again."""

    kind = "openai_videos"
    tells_progress = True

    def __init__(self, account: Account, clock: Clock | None = None, *, seconds: float | None = None) -> None:
        """Speak for `account`, whose `options` are `profile`, `model`, `fps`, `channel`; a call may take `seconds`.

        Raises ValueError for options that mean nothing.
        """
        self._profile = profile_of(account)
        self._options = account.options
        check_fps(account)
        channel_of(account)
        self._base_url = account.base_url
        self._key = {"Authorization": f"Bearer {account.key}"} if account.key else {}
        self.repeatable = self._profile.free
        if not self._profile.lists:
            self.create_seconds = limits.VENDOR_RELAY_CREATE_SECONDS
        super().__init__(account, self._key, clock, seconds=seconds)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's fields, files among them. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job, self._profile, self._options)

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the job's id. Raises Rejected, NotSent or OutcomeUnknown."""
        try:
            reply = await self._post(body)
        except OutcomeUnknown as error:
            if self._profile.free:
                raise NotSent(str(error)) from error
            raise
        ref = id_in(reply, *_IDS)
        if reply.ok and ref:
            return ref
        if self._profile.free and reply.status == 409:  # it runs several processes, which do not share their jobs
            raise NotSent(said(reply), account=True)
        raise refused(reply)

    async def look(self, ref: str) -> Verdict:
        """Ask how a job stands. Raises OSError."""
        reply = await self._wire.read(self._path(ref), believed=self._is_failed_job)
        if self._is_failed_job(reply):
            return self._reading(ref).verdict(reply, ref)
        if reply.status in (401, 402, 403):
            raise OSError(f"the provider refuses the account: {said(reply)}")
        verdict = self._verdict(ref, reply)
        if isinstance(verdict, Unrecognized) and verdict.end is not None and self._profile.channels:
            return await self._record(ref) or verdict
        return verdict

    async def cancel(self, ref: str) -> None:
        """Delete a job that has not ended, where that stops it; a finished one would lose its file. Raises OSError."""
        if not self._profile.deletes or not isinstance(await self.poll(ref), Running):
            return
        reply = await self._wire.change("DELETE", self._path(ref))
        if not reply.ok and reply.status not in (400, 409, *_NO_SUCH_CALL):
            raise OSError(f"the provider did not cancel: {said(reply)}")
        if reply.ok:
            await super().forget(ref)  # it is gone from now on, however young it is

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return the only job of that time, text and shape, None if there is none or more than one, or no list.

        Raises OSError.
        """
        if not self._profile.lists:
            return None
        begin, end = (ms / 1000 for ms in self.arrival(since // 1000 * 1000))  # the list has whole seconds
        wanted = marks_of(job, self._profile, self._options)
        fitting: dict[str, bool] = {}  # by id, whether the job tells its prompt
        after = ""
        for _ in range(_PAGES):
            reply = await self._listed(after)
            if reply is None:
                return None
            jobs = [one for one in reply.at("data") if isinstance(one, dict) and isinstance(one.get("id"), str)]
            near = [one for one in jobs if begin <= _made_at(one) <= end and _is_like(one, wanted)]
            fitting |= {one["id"]: bool(one.get("prompt")) for one in near}
            if reply.at("has_more") is not True or not jobs or _made_at(jobs[-1]) < begin:
                return self.only(job, fitting, certain=all(fitting.values()))
            after = jobs[-1]["id"]
        return None

    async def forget(self, ref: str) -> None:
        """Drop this process's records of the job, and its file at an engine that would keep it for ever."""
        await super().forget(ref)
        if self._profile.tidies:
            with suppress(OSError):
                await self._wire.change("DELETE", self._path(ref))

    async def _post(self, body: dict[str, Any]) -> Reply:
        files = list(_files(body))
        if not files and not self._profile.multipart:
            return await self._wire.submit(_VIDEOS, json=body, believed=untried)
        form = {name: str(value) for name, value in body.items() if isinstance(value, str | int)}
        return await self._wire.submit(_VIDEOS, form=form, files=files, believed=untried)

    async def _listed(self, after: str) -> Reply | None:
        query: Query = {"limit": _PAGE, "order": "desc", **({"after": after} if after else {})}
        reply = await self._wire.read(_VIDEOS, query=query)
        if reply.status in _NO_SUCH_CALL:
            return None
        if not reply.ok or not isinstance(reply.at("data"), list):
            raise OSError(f"the provider does not list its jobs: {said(reply)}")
        return reply

    def _verdict(self, ref: str, reply: Reply) -> Verdict:
        word = word_in(reply, ("status",))
        none = not word or may_speak_of_the_call(word)
        if none and (is_gone(reply) or (reply.status == 404 and isinstance(reply.json, dict))):
            return NotFound()
        return self._reading(ref).verdict(reply, ref)

    async def _record(self, ref: str) -> Verdict | None:
        """Return what new-api's own record says of a job that it answers with an error and no state, as it does for
        ever once it has given the job up; None if the record says nothing either."""
        other = await self._wire.read(f"{_GENERATIONS}/{quote(ref, safe='')}")
        verdict = _ENVELOPE.verdict(other, ref)
        return verdict if isinstance(verdict, Failed | Running) else None

    def _reading(self, ref: str) -> AnswerReading:
        def made(reply: Reply) -> Verdict:
            return self._made(ref, reply)

        words = dict.fromkeys(self._profile.waiting, JobStatus.WAITING)
        return AnswerReading(states=(("status",),), ids=_IDS, made=made, failed=error_of, words=words)

    def _made(self, ref: str, reply: Reply) -> Verdict:
        """Return the video at the address in the answer, else under its id, where the key goes along."""
        url = address_in(reply, ("metadata", "url"), ("url",))
        content, key = f"{self._base_url}{self._path(ref)}/content", tuple(self._key.items())
        return Succeeded(url=url, also=(FileAddress(content, key),)) if url else Succeeded(url=content, headers=key)

    def _is_failed_job(self, reply: Reply) -> bool:
        return self._profile.fails_by_status and not reply.ok and reply.text("status") == "failed"

    def _path(self, ref: str) -> str:
        return f"{_VIDEOS}/{quote(ref, safe='')}"


KIND = Kind(
    name="openai_videos",
    key_env="OPENAI_VIDEOS_API_KEY",
    url_env="OPENAI_VIDEOS_BASE_URL",
    base_url="",
    make=OpenAIVideosProvider,
    replicas=True,
    able=lambda account, _model, mode: mode in modes_of(account),
)


def _files(body: dict[str, Any]) -> Iterator[tuple[str, Part]]:
    for name, value in body.items():
        if isinstance(value, tuple):
            yield name, value
        elif isinstance(value, list):
            yield from ((name, part) for part in value)


def _envelope_made(_: Reply) -> Verdict:
    return Unrecognized("done at its other address")


_ENVELOPE = AnswerReading(
    states=(("data", "status"),), ids=(("data", "task_id"),), made=_envelope_made, failed=error_of
)


def _made_at(job: dict[str, Any]) -> float:
    at = job.get("created_at")
    return at if isinstance(at, int | float) else 0.0


def _is_like(job: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Whether a listed job was made with the values, as far as both state them."""
    return all(not value or job.get(name) in (None, "", value) for name, value in wanted.items())
