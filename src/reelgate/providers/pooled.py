"""What engines on this machine share as providers: each job is a render in a pool of processes."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable

import structlog
from msgspec.structs import replace

from reelgate import limits
from reelgate.catalog import Model
from reelgate.providers.port import Candidate, Failed, Job, NotFound, NotSent, Running, Succeeded, Verdict
from reelgate.providers.shaping import Shaped
from reelgate.render.job import FPS, RenderJob
from reelgate.render.messages import Crashed, Interrupted, RenderDone, Working
from reelgate.render.pool import Pool

log = structlog.get_logger()


class PooledProvider(abc.ABC):
    """Renders on this machine, for nothing; an interrupted render is simply made again.

    One whose process crashed or hung is made once more; if that ends in the same way, the job is the cause and fails.
    """

    local = True
    repeatable = True
    poll_seconds = 0.0
    least_poll_seconds = 0.0
    reads_per_second = math.inf

    def __init__(self, name: str, kind: str, pool: Pool, *, label: str = "") -> None:
        """Render in `pool`; `label` is drawn small at the top left of every clip."""
        self.name = name
        self.kind = kind
        self._pool = pool
        self._label = label
        self._jobs: dict[str, Shaped] = {}
        self._crashes: dict[RenderJob, set[str]] = {}

    @abc.abstractmethod
    def mark(self, model: Model) -> str:
        """Return the text at the bottom right of a clip for which the model's mark was asked."""

    @abc.abstractmethod
    def failure(self, reason: str) -> str:
        """Return what the client reads of a render that failed."""

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What the system could not do of the processes' sandbox, in words."""
        return self._pool.unconfined

    @property
    def pool(self) -> Pool:
        """Where it renders."""
        return self._pool

    def free_slots(self) -> int:
        """Return how many render processes are idle."""
        return self._pool.free_slots()

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a render shows its first frame and when it ends."""
        self._pool.listen(news)

    async def open(self) -> None:
        """Start the render processes. Raises RuntimeError or ValueError if they can't work."""
        await self._pool.open()

    async def aclose(self) -> None:
        """Stop the render processes at once."""
        await self._pool.aclose()

    async def submit(self, job: Job) -> str:
        """Start the render; the attempt's id is the reference."""
        if self.free_slots() < 1:
            raise NotSent("every render process is busy")
        shaped = Shaped(job, self.mark)
        try:
            self._pool.start(job.attempt_id, replace(shaped.render_job, label=self._label))
        except OSError as error:
            raise NotSent(f"an input can't be opened: {error.strerror}") from error
        self._jobs[job.attempt_id] = shaped
        return job.attempt_id

    async def poll(self, ref: str) -> Verdict:
        """Return how far the render is."""
        shaped = self._jobs.get(ref)
        state = self._pool.poll(ref)
        if shaped is None or state is None:
            return NotFound()
        match state:
            case Working(frames=frames):
                return Running(min(99, math.ceil(frames * 100 / max(1, shaped.render_job.frames))))
            case Interrupted(reason=reason, suspect=suspect):
                log.warning("render.interrupted", account=self.name, attempt=ref, reason=reason)
                if suspect and self._crashed(shaped.render_job, ref) >= limits.RENDER_CRASHES:
                    return Failed("render_failed", self.failure(f"{reason}, {limits.RENDER_CRASHES} times over"))
                return NotFound(why=reason)
            case Crashed(reason=reason):
                return Failed("render_failed", self.failure(reason))
            case RenderDone(rendered=rendered):
                return Succeeded(
                    path=rendered.path,
                    last_frame=rendered.last_frame,
                    thumbnail=rendered.thumbnail,
                    contact_sheet=rendered.contact_sheet,
                    duration=shaped.duration or max(1, round(rendered.frames / FPS)),
                    ratio=shaped.ratio,
                    notes=rendered.notes,
                )

    def _crashed(self, job: RenderJob, ref: str) -> int:
        """Count an attempt that took its process with it; return how many attempts at this very job did."""
        attempts = self._crashes.setdefault(job, set())
        attempts.add(ref)
        while len(self._crashes) > limits.RENDER_CRASHES_REMEMBERED:
            del self._crashes[next(iter(self._crashes))]
        return len(attempts)

    async def cancel(self, ref: str) -> None:
        """Stop the render and remove what it wrote."""
        await self._pool.cancel(ref)
        self._jobs.pop(ref, None)

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the attempt's own id while its render is known here."""
        return job.attempt_id if job.attempt_id in self._jobs else None

    async def recognize(self, job: Job) -> Candidate | None:
        """Return None: local jobs have no callbacks."""
        return None

    async def forget(self, ref: str) -> None:
        """Drop the finished render's files."""
        self._pool.forget(ref)
        self._jobs.pop(ref, None)
