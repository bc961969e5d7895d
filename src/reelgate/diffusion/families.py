"""The known pipelines: what each one's weights can make, in which sizes and lengths.

Read from a model's own configuration: `model_index.json` names the pipeline, `transformer/config.json` its variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from reelgate.request import Mode

Config = Mapping[str, Any]


class PipelineFamily(msgspec.Struct, frozen=True, kw_only=True):
    """What one model can make. A video has `stride` x k + 1 frames of sides that `multiple` divides."""

    makes: dict[Mode, str]
    """The pipeline class that makes each mode of the same weights."""
    fps: int
    stride: int
    multiple: int
    fixed: tuple[int, int] | None = None
    """The only width and height that it can paint, where there is but one."""
    rate: str = ""
    """The argument that takes the frames a second, where there is one."""
    negative: bool = True
    """Whether it takes a negative prompt."""
    exact: tuple[str, ...] = ()
    """Parts that are kept in 32 bits whatever is asked for the others."""

    def frames_for(self, seconds: float) -> int:
        """Return the possible number of frames that comes nearest to a length."""
        return max(1, round((seconds * self.fps - 1) / self.stride)) * self.stride + 1

    def painted(self, width: int, height: int, short_side: int = 0) -> tuple[int, int]:
        """Return the size to paint a picture at that is to be width x height: the next possible one, no smaller.

        Where `short_side` is not 0, the shorter side is to be about that at most.
        """
        if self.fixed:
            return self.fixed
        scale = min(1.0, short_side / min(width, height)) if short_side else 1.0
        across, down = (max(1, -int(-side * scale // self.multiple)) * self.multiple for side in (width, height))
        return across, down


def family_of(index: Config, transformer: Config) -> PipelineFamily:
    """Return the family of a model by its pipeline's and its transformer's configuration. ValueError: none is known."""
    name = str(index.get("_class_name", ""))
    makers = {"Wan": _wan, "LTX": _ltx, "Hunyuan": _hunyuan, "CogVideoX": _cogvideox}
    for start, family in makers.items():
        if name.startswith(start) and (found := family(name, index, transformer)) is not None:
            return found
    raise ValueError(f"the pipeline is {name or 'not named'}; known: {', '.join(KNOWN)}")


KNOWN = (
    "WanPipeline",
    "WanImageToVideoPipeline",
    "LTXPipeline",
    "LTXImageToVideoPipeline",
    "LTXConditionPipeline",
    "HunyuanVideoPipeline",
    "CogVideoXPipeline",
    "CogVideoXImageToVideoPipeline",
)
"""The classes in `model_index.json` that a family stands for."""


def _wan(name: str, index: Config, transformer: Config) -> PipelineFamily | None:
    """Return Wan's family: 2.1 and the two-part 2.2 at 16 frames a second, the 5B of 2.2 (`expand_timesteps`) at 24."""
    text, image = "WanPipeline", "WanImageToVideoPipeline"
    if name not in (text, image):
        return None
    exact = ("vae", "image_encoder")  # as Wan's own examples load them: they are small, and spoil pictures otherwise
    if index.get("expand_timesteps"):
        makes = {Mode.TEXT: text, Mode.IMAGE: image}
        return PipelineFamily(makes=makes, fps=24, stride=4, multiple=32, exact=exact)
    makes = {Mode.TEXT: text} if name == text else {Mode.IMAGE: image}
    # An encoder of pictures sees the last one as well only where the weights were made for two.
    if name == image and (transformer.get("image_dim") is None or transformer.get("pos_embed_seq_len") is not None):
        makes[Mode.FRAMES] = image
    return PipelineFamily(makes=makes, fps=16, stride=4, multiple=16, exact=exact)


def _ltx(name: str, _index: Config, _transformer: Config) -> PipelineFamily | None:
    text, image, any_frames = "LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"
    if name == any_frames:
        makes = dict.fromkeys((Mode.TEXT, Mode.IMAGE, Mode.FRAMES), any_frames)
    elif name in (text, image):
        makes = {Mode.TEXT: text, Mode.IMAGE: image}
    else:
        return None
    return PipelineFamily(makes=makes, fps=24, stride=8, multiple=32, rate="frame_rate")


def _hunyuan(name: str, _index: Config, _transformer: Config) -> PipelineFamily | None:
    if name != "HunyuanVideoPipeline":
        return None
    return PipelineFamily(makes={Mode.TEXT: name}, fps=24, stride=4, multiple=16, negative=False)


def _cogvideox(name: str, _index: Config, transformer: Config) -> PipelineFamily | None:
    """Return CogVideoX's family: 8 frames a second, 16 since 1.5, whose transformer joins frames (`patch_size_t`)."""
    modes = {"CogVideoXPipeline": Mode.TEXT, "CogVideoXImageToVideoPipeline": Mode.IMAGE}
    if name not in modes:
        return None
    newer = transformer.get("patch_size_t") is not None
    sides = (transformer.get("sample_width"), transformer.get("sample_height"))
    fixed = None
    if transformer.get("use_learned_positional_embeddings") and all(isinstance(side, int) for side in sides):
        fixed = (int(sides[0] or 0) * 8, int(sides[1] or 0) * 8)
    stride = 16 if newer else 8
    return PipelineFamily(makes={modes[name]: name}, fps=16 if newer else 8, stride=stride, multiple=16, fixed=fixed)
