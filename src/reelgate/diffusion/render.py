"""From a job to a file: paints with the model, then scales, marks and encodes the pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from reelgate.diffusion.families import PipelineFamily
from reelgate.diffusion.painter import Frames, Painter
from reelgate.diffusion.settings import DiffusionSettings
from reelgate.render.film import Report, metadata_of, write_png
from reelgate.render.job import FPS, Rendered, RenderJob
from reelgate.render.mux import Encoder
from reelgate.render.pictures import cover, load, opaque, picture_of
from reelgate.render.planes import Bgr, Planes
from reelgate.render.scene import Notes, UnusableInput
from reelgate.render.stills import Stills
from reelgate.render.text import TextMark
from reelgate.request import MediaKind, Mode, Role

PAINTED = 0.9
"""The share of the progress that the steps of the painting are; decoding and encoding are the rest."""

NO_SOUND = "sound: the pipeline makes pictures only"
NO_NEGATIVE = "the negative prompt: the pipeline takes none"
NO_INPUT = "given sounds: the pipeline takes none"


class DiffusionRenderer:
    """Makes a model's videos, one at a time."""

    def __init__(self, settings: DiffusionSettings, family: PipelineFamily) -> None:
        self._settings = settings
        self._family = family
        self._painter = Painter(settings, family)

    def load(self) -> None:
        """Load the model now. Raises UnusableInput if it can't be loaded."""
        self._painter.load()

    def render(self, job: RenderJob, out: Path, report: Report) -> Rendered:
        """Make `job` into the MP4 `out`, whole or not at all; `report` gets the progress, as a number of `job.frames`.

        The video has the model's own rate, and the possible length that is nearest to the job's. Raises UnusableInput
        when an input can't be read or the model can't be loaded.
        """
        report(0)
        part = out.with_name(out.name + ".part")
        try:
            pictures = self._painted(job, report)
            rendered = self._encoded(job, pictures, part, out)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return rendered

    def _painted(self, job: RenderJob, report: Report) -> Frames:
        size = self._size(job)
        return self._painter.paint(
            job.mode,
            job.prompt,
            size,
            self._family.frames_for(job.frames / FPS),
            seed=job.seed,
            negative_prompt=job.negative_prompt,
            step=lambda share: report(int(share * PAINTED * job.frames)),
            first=_given(job, Role.FIRST_FRAME, size) if job.mode is not Mode.TEXT else None,
            last=_given(job, Role.LAST_FRAME, size) if job.mode is Mode.FRAMES else None,
        )

    def _size(self, job: RenderJob) -> tuple[int, int]:
        return self._family.painted(job.width, job.height, self._settings.short_side)

    def _encoded(self, job: RenderJob, pictures: Frames, part: Path, out: Path) -> Rendered:
        stills, mark = Stills(len(pictures)), TextMark(job.watermark, job.width, job.height)
        planes = Planes.empty(job.width, job.height)
        metadata = metadata_of(job, "diffusers", "Made by AI with", pipeline=self._family.makes[job.mode])
        with Encoder(part, job.width, job.height, None, metadata, job.codec, self._family.fps) as encoder:
            for index, picture in enumerate(pictures):
                planes.draw(cover(_bgr(picture), job.width, job.height))
                mark.draw(planes)
                stills.see(index, planes)
                encoder.write(planes)
        thumbnail, sheet = out.with_suffix(".thumbnail.webp"), out.with_suffix(".sheet.webp")
        stills.write(thumbnail, sheet)
        last = write_png(planes, out.with_suffix(".png")) if job.last_frame else None
        return Rendered(
            path=out,
            frames=encoder.frames,
            thumbnail=thumbnail,
            contact_sheet=sheet,
            last_frame=last,
            notes=self._notes(job, encoder.frames),
        )

    def _notes(self, job: RenderJob, frames: int) -> Notes:
        left = {
            NO_SOUND: job.audio,
            NO_NEGATIVE: bool(job.negative_prompt) and not self._family.negative,
            NO_INPUT: any(item.kind is MediaKind.AUDIO for item in job.inputs),
        }
        return {
            "pipeline": self._family.makes[job.mode],
            "painted": "{}x{}".format(*self._size(job)),
            "frames": frames,
            "fps": self._family.fps,
            "not_done": [what for what, is_so in left.items() if is_so],
        }


def _given(job: RenderJob, role: Role, size: tuple[int, int]) -> Image.Image:
    """Return an input picture, cut to the size that is painted."""
    item = picture_of(job.inputs, role)
    if item is None:
        raise UnusableInput(f"there is no picture for the {role.replace('_', ' ')}")
    picture = cover(opaque(load(item.path)), *size)
    return Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1]))


def _bgr(picture: Frames) -> Bgr:
    """Return one picture as 8 bits in blue, green, red; what is not a number is black."""
    return np.asarray(np.rint(np.nan_to_num(picture[:, :, ::-1]).clip(0, 1) * 255), np.uint8)
