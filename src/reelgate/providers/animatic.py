"""The built-in engine as a provider: shapes the job (size, length, watermark) and runs it in the render pool."""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from reelgate.animatic.job import FPS, Input, RenderJob
from reelgate.animatic.messages import Crashed, Done, Interrupted, Working
from reelgate.animatic.pool import RenderPool
from reelgate.catalog import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import nearest_ratio, size, size_like
from reelgate.providers.port import Broken, Gone, Job, Made, NotSent, Running, Staged, Verdict
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role, VideoRequest

log = structlog.get_logger()

AUTO_SECONDS = (4, 15)
PREVIS_MARK = "预演 PREVIS"
"""Drawn where a model's own mark would claim that AI made the picture: this engine's pictures are drawn."""


class AnimaticProvider:
    """Renders on this machine, for nothing; an interrupted render is simply made again."""

    name = "animatic"
    kind = "animatic"
    local = True
    repeatable = True
    poll_seconds = 0.2

    def __init__(self, pool: RenderPool, *, label: str = "") -> None:
        """Render in `pool`; `label` is drawn small at the top left of every clip."""
        self._pool = pool
        self._label = label
        self._jobs: dict[str, _Shaped] = {}

    def free_slots(self) -> int:
        """Return how many render processes are idle."""
        return self._pool.free_slots()

    async def open(self) -> None:
        """Start the render processes."""
        await self._pool.open()

    async def aclose(self) -> None:
        """Stop the render processes at once."""
        await self._pool.aclose()

    async def submit(self, job: Job) -> str:
        """Start the render; the attempt's id is the reference."""
        if self.free_slots() < 1:
            raise NotSent("every render process is busy")
        shaped = _Shaped(job)
        self._pool.start(job.attempt_id, replace(shaped.render_job, label=self._label))
        self._jobs[job.attempt_id] = shaped
        return job.attempt_id

    async def poll(self, ref: str) -> Verdict:
        """Return how far the render is."""
        shaped = self._jobs.get(ref)
        state = self._pool.poll(ref)
        if shaped is None or state is None:
            return Gone()
        match state:
            case Working(frames=frames):
                return Running(min(99, frames * 100 // max(1, shaped.render_job.frames)))
            case Interrupted(reason=reason):
                log.warning("animatic.interrupted", attempt=ref, reason=reason)
                return Gone()
            case Crashed(reason=reason):
                return Broken("render_failed", f"the built-in engine could not draw this: {reason}")
            case Done(rendered=rendered):
                return Made(
                    path=rendered.path,
                    last_frame=rendered.last_frame,
                    thumbnail=rendered.thumbnail,
                    contact_sheet=rendered.contact_sheet,
                    duration=shaped.duration or max(1, round(rendered.frames / FPS)),
                    ratio=shaped.ratio,
                    notes=rendered.notes,
                )

    async def cancel(self, ref: str) -> None:
        """Stop the render and remove what it wrote."""
        await self._pool.cancel(ref)
        self._jobs.pop(ref, None)

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the attempt's own id while its render is known here."""
        return job.attempt_id if job.attempt_id in self._jobs else None

    async def forget(self, ref: str) -> None:
        """Drop the finished render's files."""
        self._pool.forget(ref)
        self._jobs.pop(ref, None)


def shaped(job: Job) -> RenderJob:
    """Return the render of a job, with everything decided that its request leaves open."""
    return _Shaped(job).render_job


class _Shaped:
    """A job's render and what the answer says of it.

    `duration` is 0 for an edit: its length is its source's, known when it is done.
    """

    def __init__(self, job: Job) -> None:
        request, model = job.request, job.model
        width, height, self.ratio = _shape(request, model, job.inputs)
        self.duration = 0 if request.mode is Mode.EDIT else _seconds(request, job.inputs)
        self.render_job = RenderJob(
            mode=request.mode,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            width=width,
            height=height,
            frames=request.frames or FPS * self.duration or _source_frames(model, job.inputs),
            seed=request.seed,
            inputs=tuple(Input(i.kind, i.role, i.path, i.facts, i.name) for i in job.inputs),
            audio=request.audio,
            keep_audio=request.keep_audio,
            music=request.music,
            watermark=_watermark(request, model),
            camera_fixed=request.camera_fixed,
            last_frame=request.return_last_frame,
            model=request.model,
        )


def _source_frames(model: Model, inputs: tuple[Staged, ...]) -> int:
    source = next(i for i in inputs if i.role is Role.SOURCE)
    return max(1, round(min(source.facts.seconds, model.duration.source_max) * FPS))


def _shape(request: VideoRequest, model: Model, inputs: tuple[Staged, ...]) -> tuple[int, int, str]:
    """Return width, height and the ratio's name for the answer."""
    leading = _leading_picture(inputs)
    if leading is not None and not ratio_counts(model, request):
        width, height = size_like(model.shapes, request.resolution, leading.facts.width, leading.facts.height)
        return width, height, nearest_ratio(width, height, _fixed(model))
    ratio = request.ratio
    if ratio == "adaptive":
        ratio = "16:9" if leading is None else nearest_ratio(leading.facts.width, leading.facts.height, _fixed(model))
    return *size(model.shapes, request.resolution, ratio), ratio


def _fixed(model: Model) -> tuple[str, ...]:
    return tuple(ratio for ratio in model.ratios if ":" in ratio) or ("16:9", "9:16", "1:1", "4:3", "3:4")


def _leading_picture(inputs: tuple[Staged, ...]) -> Staged | None:
    """Return the input that decides the shape: the source clip, the first frame, else the first reference."""
    seen = [i for i in inputs if i.kind is not MediaKind.AUDIO]
    order = {Role.SOURCE: 0, Role.FIRST_CLIP: 0, Role.FIRST_FRAME: 1, Role.LAST_FRAME: 2}
    return min(seen, key=lambda i: order.get(i.role, 3), default=None)


def _seconds(request: VideoRequest, inputs: tuple[Staged, ...]) -> int:
    """Return the clip's length; where it is left to the engine: as long as the given sound, else as the text asks."""
    if request.duration != AUTO_DURATION:
        return request.duration
    sounding = [i.facts.seconds for i in inputs if i.kind is not MediaKind.IMAGE]
    wanted = round(max(sounding)) if sounding else 4 + len(request.prompt) // 20
    return max(AUTO_SECONDS[0], min(AUTO_SECONDS[1], wanted))


def _watermark(request: VideoRequest, model: Model) -> str:
    if not request.watermark:
        return ""
    return PREVIS_MARK if model.watermark.says_ai or not model.watermark.text else model.watermark.text
