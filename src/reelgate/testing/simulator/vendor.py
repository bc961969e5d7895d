"""What every simulated vendor is made of: routes, the shape of its errors, and how it shows a job."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.datastructures import Headers, QueryParams

from reelgate.testing.simulator.deliveries import HABITS
from reelgate.testing.simulator.faults import SKEW_MS, Fault
from reelgate.testing.simulator.fields import Fields, Wrong
from reelgate.testing.simulator.jobs import JobTable, Reason, Shot, State, VendorJob

FIRST_NUMBER = 81_000_000
"""The first id of jobs that are named by numbers."""

PRIVATE = "http://10.255.255.1/"


class Said(NamedTuple):
    """A refusal in the vendor's own words."""

    status: int
    code: str
    message: str


class Refusal(Exception):
    """The vendor says no."""

    def __init__(self, said: Said) -> None:
        self.said = said
        super().__init__(said.message)


class Answer(NamedTuple):
    """What goes back: JSON, or the film (a still of it, by `suffix`) of a job."""

    body: Any = None
    status: int = 200
    film: VendorJob | None = None
    suffix: str = "mp4"


@dataclass(frozen=True)
class Call:
    """One request to a vendor that carried a key."""

    table: JobTable
    now: int
    key: str
    id: str
    query: QueryParams
    headers: Headers
    body: Any
    fault: Fault | None
    files: str
    """Where the vendor's files are served, with a slash at the end."""
    take: Callable[[VendorJob], None]
    lasts_ms: int

    @property
    def fields(self) -> Fields:
        """The request's JSON object. Raises Wrong."""
        return Fields(self.body)

    def job(self) -> VendorJob | None:
        """Return the job that the address names, None if the vendor does not know it, or not this holder's."""
        job = None if self.fault is Fault.GONE else self.table.find(self.id)
        if job is None or job.key != self.key:
            return None
        return job.skewed(SKEW_MS) if self.fault is Fault.CLOCK_SKEW else job

    def link(self, job: VendorJob, suffix: str = "mp4") -> str:
        """Return the address of a job's film, or of a still of it."""
        return link(self.files, job, suffix)


def link(files: str, job: VendorJob, suffix: str = "mp4") -> str:
    """Return the address of a job's film as a store signs it, with the time in it; the signature is for show."""
    return f"{files}{job.id}.{suffix}?Expires={job.finished_at // 1000 + 86_400}&Signature=c2ltdWxhdGVk"


class Route(NamedTuple):
    """An address of a vendor: the method, the path (`{id}` stands for a job), what it does."""

    method: str
    path: str
    operation: str
    handle: Callable[[Call], Answer]

    def matches(self, method: str, path: str) -> str | None:
        """Return the id in a path that is this one's, "" where it has none, None for another's."""
        found = re.fullmatch(re.escape(self.path).replace(r"\{id\}", "([^/]+)"), path)
        if found is None or method != self.method:
            return None
        return found[1] if found.groups() else ""


class Vendor(ABC):
    """One vendor. `name` is that of the kind of provider that speaks to it, or of new-api and a channel; `base` what
    stands behind the host in its base URL.

    `broken` and the others are what it says when it is, when a caller must wait, when a key or credit is missing, when
    it refuses what is asked for, and when there is no such job. `fails` is the usual reason of a job that fails.
    """

    name: str
    base: str = ""
    scheme: str = "Bearer"
    broken: Said
    busy: Said
    no_key: Said
    no_credit: Said
    refused: Said
    not_found: Said
    fails: Reason
    status_at: tuple[tuple[str, ...], ...] = (("status",),)
    """Where the word for a job's state can be in an answer."""
    id_at: tuple[tuple[str, ...], ...] = (("id",),)
    """The place of a new job's id in the answer to a create."""
    named_at: tuple[tuple[str, ...], ...] = (("id",),)
    """The place of a job's id in the answer to a query."""
    odd_word: str = "pausing"
    called_on: frozenset[State] = frozenset()
    """The states that it reports to a `callback_url`."""
    links_refuse_keys: bool = False
    """Whether its store answers 403 to a request that carries a key beside the link's own signature."""

    @abstractmethod
    def routes(self) -> tuple[Route, ...]:
        """Return its addresses, below the base URL's host."""

    @abstractmethod
    def error(self, said: Said) -> Any:
        """Return the body of a refusal."""

    @abstractmethod
    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a job stands, as a query answers; `files` is where its files are served."""

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field that is not as it should be."""
        return Said(400, "InvalidParameter", str(wrong))

    def failed(self, fault: Fault) -> Said:
        """Return what it says for a fault that is an answer."""
        words: Mapping[Fault, Said] = {
            Fault.THROTTLE: self.busy,
            Fault.THROTTLE_WITH_WAIT: self.busy,
            Fault.THROTTLE_UNTIL: self.busy,
            Fault.UNAUTHORIZED: self.no_key,
            Fault.NO_CREDIT: self.no_credit,
            Fault.REJECTED: self.refused,
            Fault.ERROR_IN_200: self.broken._replace(status=200),
        }
        return words.get(fault, self.broken)

    def signature(self, url: str, key: str, now: int, nonce: str) -> dict[str, str]:
        """Return the headers that prove a callback to be the vendor's; none where it signs nothing."""
        return {}

    def reword(self, body: Any, word: str) -> None:
        """Put another word for the job's state into an answer."""
        name, where = self._word(body)
        where[name] = word

    def _word(self, body: Any) -> tuple[str, dict[str, Any]]:
        """Return the name of the field with the word for a job's state, and the object that holds it."""
        places = [(at[-1], _inside(body, at[:-1])) for at in self.status_at]
        return next(((name, where) for name, where in places if name in where), (self.status_at[0][-1], body))

    def reshape(self, body: Any, fault: Fault) -> Any:
        """Return the answer to a create with the new job's id elsewhere."""
        job_id = next(found for path in self.id_at if (found := _inside(body, path[:-1]).get(path[-1])))
        if fault is Fault.NUMBER_ID:
            for path in self.id_at:
                _inside(body, path[:-1])[path[-1]] = int(job_id)
            return body
        shapes: Mapping[Fault, Any] = {
            Fault.ID_IN_DATA: {"code": 0, "message": "success", "data": {"task_id": job_id}},
            Fault.ID_IN_LIST: {"data": [{"status": "submitted", "task_id": job_id}]},
            Fault.ID_IN_RESULT: {"result": {"id": job_id}},
            Fault.ID_AS_REQUEST: {"request_id": job_id},
            Fault.NO_ID: {"message": "accepted", "ticket": {"number": job_id}},
        }
        return shapes[fault]

    def retell(self, body: Any, fault: Fault, files: str) -> Any:
        """Return the answer to a query with the fault in it."""
        name, where = self._word(body)
        if fault is Fault.SHARE_WITH_POINT:
            where["progress"] = "45.5%"
        elif fault is Fault.REASON_ELSEWHERE:
            for told in ("error", "code", "message", "err_code"):
                where.pop(told, None)
            where |= {"fail_reason": "The reason stands elsewhere.", "fail_code": 1026}
        elif fault is Fault.BARE_ERROR:
            del where[name]
            body["error"] = {"code": "upstream_error", "message": "The upstream answered with an error."}
        elif fault is Fault.OTHER_JOB:
            for path in self.named_at:
                _inside(body, path[:-1])[path[-1]] = "another-job"
        elif fault is Fault.PRIVATE_LINK:
            return _moved(body, files)
        return body

    def accept(
        self, call: Call, job_id: str, *, model: str, prompt: str, body: Mapping[str, Any], shot: Shot, **more: Any
    ) -> VendorJob:
        """Take a job, which is paid for from now on, with the fate that the call's fault has for it."""
        if call.fault is Fault.NUMBER_ID:
            job_id = str(FIRST_NUMBER + call.table.paid)
        job = VendorJob(self.name, job_id, call.key, model, prompt, body, shot, call.now, call.lasts_ms, **more)
        if call.fault is Fault.FAILED:
            job.reason = self.fails
        if call.fault is Fault.WRONG_LENGTH:
            job.film = shorter(shot)
        if call.fault is Fault.CLOCK_SKEW:
            job.skew_ms = SKEW_MS
        if call.fault in HABITS:
            job.habit = call.fault or ""
        call.take(job)
        return job


def _moved(value: Any, files: str) -> Any:
    """Return an answer with every address of a film in a network of the vendor's own."""
    if isinstance(value, dict):
        return {name: _moved(inner, files) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, files) for inner in value]
    return value.replace(files, PRIVATE) if isinstance(value, str) else value


def _inside(body: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def shorter(shot: Shot) -> Shot:
    """Return a film of about half the length."""
    return shot._replace(seconds=max(1, shot.seconds // 2) if shot.seconds > 1 else 2)
