"""What a job's request leaves open, decided for an engine on this machine: size, length, the text of its mark."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.catalog import Model
from reelgate.catalog.expected import fixed_ratios, leading
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import nearest_ratio, size, size_like
from reelgate.providers.port import Job, Staged
from reelgate.render.job import FPS, RenderInput, RenderJob
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role, VideoRequest

AUTO_SECONDS = (4, 15)


class Shaped:
    """A job's render and the answer's details of it. `mark` gives the text of a model's mark, if one is ordered.

    `duration` is 0 for an edit: its length is its source's, known when it is done.
    """

    def __init__(self, job: Job, mark: Callable[[Model], str]) -> None:
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
            inputs=tuple(RenderInput(i.kind, i.role, i.path, i.facts, i.name) for i in job.inputs),
            audio=request.audio,
            keep_audio=request.keep_audio,
            music=request.music,
            watermark=mark(model) if request.watermark else "",
            camera_fixed=request.camera_fixed,
            last_frame=request.return_last_frame,
            model=request.named,
        )


def _source_frames(model: Model, inputs: tuple[Staged, ...]) -> int:
    source = next(i for i in inputs if i.role is Role.SOURCE)
    return max(1, round(min(source.facts.seconds, model.duration.source_max) * FPS))


def _shape(request: VideoRequest, model: Model, inputs: tuple[Staged, ...]) -> tuple[int, int, str]:
    """Return width, height and the ratio's name for the answer."""
    if request.order is not None and request.order.width:
        return *request.order.size, nearest_ratio(*request.order.size, fixed_ratios(model))
    first = leading(inputs)
    if first is not None and not ratio_counts(model, request):
        width, height = size_like(model.shapes, request.resolution, first.facts.width, first.facts.height)
        return width, height, nearest_ratio(width, height, fixed_ratios(model))
    ratio = request.ratio
    if ratio == "adaptive":
        ratio = "16:9" if first is None else nearest_ratio(first.facts.width, first.facts.height, fixed_ratios(model))
    return *size(model.shapes, request.resolution, ratio), ratio


def _seconds(request: VideoRequest, inputs: tuple[Staged, ...]) -> int:
    """Return the clip's length; where it is left to the engine: as long as the given sound, else as the text asks."""
    if request.duration != AUTO_DURATION:
        return request.duration
    sounding = [i.facts.seconds for i in inputs if i.kind is not MediaKind.IMAGE]
    wanted = round(max(sounding)) if sounding else 4 + len(request.prompt) // 20
    return max(AUTO_SECONDS[0], min(AUTO_SECONDS[1], wanted))
