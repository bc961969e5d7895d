"""Whether the server lives, and whether it can work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from reelgate.conductor.loop import Conductor
from reelgate.errors import StoreError
from reelgate.http.answer_types.server import Alive, Ready
from reelgate.http.caller import Visitor
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Pass, route
from reelgate.limits import READY_SECONDS
from reelgate.media.port import MediaStore
from reelgate.tasks.store import TaskStore

Unconfined = Mapping[str, Sequence[str]]
"""What the system can't do of the sandbox, in words, for each kind of process."""


class HealthRoutes:
    """`/healthz` answers while the process lives; `/readyz` only while every part works."""

    def __init__(
        self, *, store: TaskStore, media: MediaStore, conductor: Conductor, unconfined: Callable[[], Unconfined]
    ) -> None:
        self._store = store
        self._media = media
        self._conductor = conductor
        self._unconfined = unconfined

    @route("GET", "/healthz", Pass.NOTHING, answers="`ok`", gives=Alive)
    async def alive(self, _: Visitor) -> Response:
        """Answer 200 while the process is alive."""
        return JsonResponse({"status": "ok"})

    @route("GET", "/readyz", Pass.NOTHING, answers="how each part works", gives={200: Ready, 503: Ready})
    async def ready(self, _: Visitor) -> Response:
        """Answer 200 if the journal, the media store and the conductor work, else 503 and which one does not.

        Where the system can't confine the processes that open untrusted files, `unconfined` says which and why.
        """
        store, media = await asyncio.gather(self._works(self._store.ping()), self._works(self._media.ping()))
        parts = {
            "store": store,
            "media": media,
            "conductor": self._conductor.condition,
        }
        ready = set(parts.values()) == {"ok"}
        answer: dict[str, Any] = {"status": "ok" if ready else "unavailable", **parts}
        if unconfined := self._unconfined():
            answer["unconfined"] = unconfined
        return JsonResponse(answer, status_code=200 if ready else 503)

    async def _works(self, ping: Coroutine[Any, Any, None]) -> str:
        """Return how a part answers, which it has to do at once: a load balancer waits no longer."""
        asking = asyncio.create_task(ping)
        answered, _ = await asyncio.wait([asking], timeout=READY_SECONDS)
        if not answered:
            asking.cancel()  # not waited for: what hangs may take its time to let go
            asking.add_done_callback(lambda task: task.cancelled() or task.exception())
            return "unavailable"
        if isinstance(asking.exception(), StoreError | OSError):
            return "unavailable"
        asking.result()  # a fault of ours is raised
        return "ok"
