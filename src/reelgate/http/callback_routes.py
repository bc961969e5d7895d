"""Where vendors may call back: `POST /callbacks/{account}/{token}`.

A callback moves no task and is believed in nothing: it makes its task due now, and the vendor is asked as ever. Its
address is unguessable, since the token is the attempt's id signed with this deployment's secret; nothing is stored
for it. Who sends one twice, late or for a task that is gone does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec
import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from reelgate import limits
from reelgate.clock import Clock
from reelgate.dialects.answer_types.common import Empty
from reelgate.http.caller import Visitor
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Pass, route
from reelgate.providers.answers import ref_in
from reelgate.providers.callbacks import Callback, Check
from reelgate.providers.reply import is_crowded
from reelgate.signing import Purpose, Signer, is_same
from reelgate.tasks.store import ReportOutcome, TaskStore

log = structlog.get_logger()

_SIGNATURE_CHARS = 32
_REF_CHARS = 200
_TIMES, _PAUSE_SECONDS = 5, 1.0  # a poll takes less, as a rule


class CallbackRoutes:
    """Makes the addresses that vendors are given, and takes in what arrives there.

    `checks` has the test for forged callbacks, by account; accounts without one are given no address.
    """

    def __init__(
        self, *, store: TaskStore, checks: Mapping[str, Check], signer: Signer, public_url: str, clock: Clock
    ) -> None:
        self._store = store
        self._checks = checks
        self._signer = signer
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def address(self, account: str, attempt_id: str) -> str:
        """Return where an account's vendor may speak of an attempt, "" where it is not to."""
        if account not in self._checks or not self._public_url:
            return ""
        return self._public_url + self._path(account, attempt_id)

    @route(
        "POST",
        "/callbacks/{account}/{token}",
        Pass.ADDRESS,
        answers="nothing",
        gives={200: Empty, 404: Empty},
        takes="*/*",
    )
    async def take(self, visitor: Visitor) -> Response:
        """Take a vendor's callback about a job: 200 if it is genuine, 404 otherwise. Raises StoreError."""
        request = visitor.request
        account, token = request.path_params["account"], request.path_params["token"]
        attempt_id = token.rpartition(".")[0]
        own = self._path(account, attempt_id)
        if account not in self._checks or not is_same(own.rpartition("/")[2], token):
            return JsonResponse({}, status_code=404)
        path = urlsplit(self._public_url).path + own  # as the vendor was told it, whatever a proxy made of it
        why = self._checks[account](Callback(path, request.url.query, dict(request.headers)))
        if why:
            log.warning("callback.refused", account=account, reason=why)
            return JsonResponse({}, status_code=404)
        ref = await _ref(request)
        heard = await self._store.hear(attempt_id, ref=ref, at=self._clock.now())
        log.debug("callback", account=account, attempt=attempt_id, heard=heard)
        answer = JsonResponse({})
        if heard is ReportOutcome.IN_HAND:
            answer.background = BackgroundTask(self._hear_again, attempt_id, ref)
        return answer

    async def _hear_again(self, attempt_id: str, ref: str) -> None:
        """Repeat it until no worker has the task claimed; a missed callback is made up for by polls."""
        for _ in range(_TIMES):
            await asyncio.sleep(_PAUSE_SECONDS)
            if await self._store.hear(attempt_id, ref=ref, at=self._clock.now()) is not ReportOutcome.IN_HAND:
                return

    def _path(self, account: str, attempt_id: str) -> str:
        named = f"{quote(account, safe='')}/{quote(attempt_id, safe='')}"
        signature = self._signer.sign(Purpose.CALLBACK, named).hex()[:_SIGNATURE_CHARS]
        return f"{Purpose.CALLBACK.value.decode()}{named}.{signature}"


async def _ref(request: Request) -> str:
    """Return the vendor's own name for the job, "" where the body does not tell it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.MAX_CALLBACK_BYTES:
            return ""
    if is_crowded(body):
        return ""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    ref = ref_in(said.get("id")) if isinstance(said, dict) else ""
    return ref if len(ref) <= _REF_CHARS else ""
