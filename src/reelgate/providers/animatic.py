"""The built-in engine as a provider: it draws every mode of every model."""

from __future__ import annotations

from reelgate.catalog import Model
from reelgate.providers.account import BUILT_IN
from reelgate.providers.pooled import PooledProvider
from reelgate.providers.port import Job
from reelgate.providers.shaping import Shaped
from reelgate.render.job import RenderJob
from reelgate.render.pool import Pool
from reelgate.settings import MarkText

PREVIS_MARK = "预演 PREVIS"
"""Drawn where a model's own mark would claim that AI made the picture: this engine's pictures are drawn."""


class AnimaticProvider(PooledProvider):
    """Draws previsualisations in a pool of render processes."""

    def __init__(self, pool: Pool, *, label: str = "", mark: MarkText = MarkText.ENGINE) -> None:
        """Render in `pool`; `label` is drawn small at the top left of every clip, `mark` says whose watermark is."""
        super().__init__(BUILT_IN, BUILT_IN, pool, label=label)
        self._mark = mark

    def mark(self, model: Model) -> str:
        """Return the model's mark, or one that claims nothing that is not true."""
        own = model.watermark.text if self._mark is MarkText.MODEL else ""
        return own or _mark(model)

    def failure(self, reason: str) -> str:
        """Return what the client reads of a render that failed."""
        return f"the built-in engine could not draw this: {reason}"


def shaped(job: Job) -> RenderJob:
    """Return the render of a job, with everything decided that its request leaves open."""
    return Shaped(job, _mark).render_job


def _mark(model: Model) -> str:
    return PREVIS_MARK if model.watermark.says_ai or not model.watermark.text else model.watermark.text
