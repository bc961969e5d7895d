"""An example of a provider in a distribution of its own: install it beside Reelgate and accounts can name its kind.

The vendor, "Studio", takes jobs at `POST /jobs`, reports their state at `GET /jobs/{id}`, stops them at
`DELETE /jobs/{id}`, and lists them by a mark that the client chose, at `GET /jobs?mark=`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import address_in, id_in, said
from reelgate.providers.codes import Codes
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotFound, Rejected, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.vendor import VendorProvider, refusal
from reelgate.request import Mode, Role

_JOBS = "/jobs"
_MODES = (Mode.TEXT, Mode.IMAGE)
_CODES = Codes(account=("no_credit",), busy=("queue_full",))
"""What its refusals mean, where the status does not say it."""


class StudioProvider(VendorProvider):
    """One account at Studio."""

    kind = "studio"

    def __init__(self, account: Account, clock: Clock | None = None) -> None:
        """Speak for `account`."""
        super().__init__(account, {"Authorization": f"Bearer {account.key}"}, clock)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; blocks while it reads inputs."""
        request = job.request
        body: dict[str, Any] = {
            "model": job.model.upstream_for(self.kind, request) or job.model.id,
            "prompt": request.prompt,
            "seconds": request.duration,
            "resolution": request.resolution,
            "ratio": request.ratio,
            "seed": request.seed,
            "mark": job.attempt_id,
        }
        if request.mode is Mode.IMAGE:
            first = next((given for given in job.inputs if given.role is Role.FIRST_FRAME), None)
            if first is None:
                raise Rejected("no_picture", "there is no first frame")
            body["image"] = address(first)
        return body

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the job's id. Raises Rejected, NotSent or OutcomeUnknown."""
        reply = await self._wire.submit(_JOBS, json=body)
        ref = id_in(reply, ("id",))
        if reply.ok and ref:
            return ref
        raise refusal(reply, reply.text("error", "code"), reply.text("error", "message"), _CODES)

    async def look(self, ref: str) -> Verdict:
        """Ask how a job stands. Raises OSError."""
        reply = await self._wire.read(_path(ref))
        if reply.status in (401, 403):
            raise OSError(f"the provider refuses the account: {said(reply)}")
        return NotFound() if reply.status == 404 else _READING.verdict(reply, ref)

    async def cancel(self, ref: str) -> None:
        """Stop a job; one that has ended, or that is not known, stays as it is. Raises OSError."""
        await self._wire.change("DELETE", _path(ref))

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return the job that bears the attempt's id: a lost answer never makes a second job. Raises OSError."""
        del since
        reply = await self._wire.read(_JOBS, query={"mark": job.attempt_id})
        found = reply.at("jobs")
        ids = [str(one["id"]) for one in found if isinstance(one, dict) and "id" in one] if found else []
        return self.only(job, ids, certain=True)


def _path(ref: str) -> str:
    return f"{_JOBS}/{quote(ref, safe='')}"


def _made(reply: Reply) -> Verdict:
    return Succeeded(url=address_in(reply, ("video", "url")) or None)


_READING = AnswerReading(states=(("status",),), ids=(("id",),), made=_made)

KIND = Kind(
    name="studio",
    key_env="STUDIO_API_KEY",
    url_env="STUDIO_BASE_URL",
    base_url="https://api.studio.example",
    make=StudioProvider,
    able=lambda _account, _model, mode: mode in _MODES,
)
