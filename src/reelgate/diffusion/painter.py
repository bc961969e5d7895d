"""One model on one device: loaded at the first job, then kept. Everything that needs torch is here."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import numpy.typing as npt
import torch
import transformers
from PIL import Image

from reelgate.diffusion.families import PipelineFamily
from reelgate.diffusion.settings import DiffusionSettings
from reelgate.render.scene import UnusableInput
from reelgate.request import Mode

Frames = npt.NDArray[np.float32]
"""Pictures of shape (frames, height, width, 3) in red, green, blue from 0 to 1."""

Step = Callable[[float], None]
"""Hears the share of the steps that are done."""

NOT_LOADED = "the model could not be loaded; the server's log says why"


class Painter:
    """Paints with a model's pipelines, one job at a time; all of them share the same weights."""

    def __init__(self, settings: DiffusionSettings, family: PipelineFamily) -> None:
        diffusers.utils.logging.set_verbosity_error()
        diffusers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        self._settings = settings
        self._family = family
        self._pipeline: Any = None

    def paint(self, mode: Mode, prompt: str, size: tuple[int, int], frames: int, **rest: Any) -> Frames:
        """Return a video of exactly `frames` pictures of `size` (width, height).

        The rest: `seed`, `negative_prompt`, `step`, and `first` and `last`, pictures of that size or None. Raises
        UnusableInput where the model can't be loaded.
        """
        pipeline = self._ready(self._family.makes[mode])
        wanted = {"prompt": prompt, "width": size[0], "height": size[1], "num_frames": frames}
        told = self._told(pipeline, frames, **rest)
        made = pipeline(**wanted, **told, output_type="np").frames[0]
        return np.asarray(made, np.float32)[:frames]

    def _told(
        self,
        pipeline: Any,
        frames: int,
        *,
        seed: int,
        negative_prompt: str,
        step: Step,
        first: Image.Image | None,
        last: Image.Image | None,
    ) -> dict[str, Any]:
        """Return how a call is worded: what is not said is left to the pipeline's own defaults."""
        family, settings = self._family, self._settings
        told = {
            "negative_prompt": negative_prompt if family.negative else "",
            "num_inference_steps": settings.steps,
            "guidance_scale": settings.guidance,
            family.rate: family.fps,
        }
        # Noise is drawn on the CPU: then the same seed gives nearly the same video on every card.
        generator = torch.Generator("cpu").manual_seed(seed)
        pictures = _conditions(first, last, frames) if _takes(pipeline, "conditions") else _pictures(first, last)
        return {
            **{name: value for name, value in told.items() if name and value not in ("", None)},
            **pictures,
            "generator": generator,
            "callback_on_step_end": _listener(step),
        }

    def load(self) -> None:
        """Load the model, if it is not. Raises UnusableInput if it can't be loaded."""
        if self._pipeline is None:
            try:
                self._pipeline = self._placed(self._loaded())
            except Exception as error:
                traceback.print_exc()  # it names folders: that is for the operator alone
                raise UnusableInput(NOT_LOADED) from error

    def _ready(self, name: str) -> Any:
        """Return the pipeline of that class, on the device."""
        self.load()
        if type(self._pipeline).__name__ != name:
            self._pipeline = self._placed(_sibling(self._pipeline, getattr(diffusers, name)))
        return self._pipeline

    def _loaded(self) -> Any:
        dtype = getattr(torch, self._settings.dtype)
        model = self._settings.model
        return diffusers.DiffusionPipeline.from_pretrained(
            model,
            dtype={"default": dtype, **dict.fromkeys(self._family.exact, torch.float32)},
            local_files_only=Path(model).is_dir(),
            use_safetensors=True,  # the older format can hold code
        )

    def _placed(self, pipeline: Any) -> Any:
        """Put a pipeline on the device; parts that were placed for another one are placed again."""
        pipeline.set_progress_bar_config(disable=True)
        if self._settings.offload == "none":
            return pipeline.to(self._settings.device)
        if self._settings.offload == "model":
            pipeline.enable_model_cpu_offload(device=self._settings.device)
        else:
            pipeline.enable_sequential_cpu_offload(device=self._settings.device)
        if hasattr(pipeline.vae, "enable_tiling"):
            pipeline.vae.enable_tiling()
        return pipeline


def _sibling(pipeline: Any, kind: Any) -> Any:
    """Return a pipeline of another class around the same weights; what that one has no place for is left out.

    The library's own way (`from_pipe`) would convert the weights to one type.
    """
    parts = {**pipeline.config, **pipeline.components}
    known = inspect.signature(kind.__init__).parameters
    return kind(**{name: part for name, part in parts.items() if name in known})


def _takes(pipeline: Any, name: str) -> bool:
    return name in inspect.signature(pipeline.__call__).parameters


def _pictures(first: Image.Image | None, last: Image.Image | None) -> dict[str, Any]:
    given = {"image": first, "last_image": last}
    return {name: picture for name, picture in given.items() if picture is not None}


def _conditions(first: Image.Image | None, last: Image.Image | None, frames: int) -> dict[str, Any]:
    from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

    places = ((first, 0), (last, frames - 1))
    given = [LTXVideoCondition(image=picture, frame_index=at) for picture, at in places if picture is not None]
    return {"conditions": given} if given else {}


def _listener(step: Step) -> Callable[[Any, int, Any, Mapping[str, Any]], dict[str, Any]]:
    def heard(pipeline: Any, index: int, _time: Any, _tensors: Mapping[str, Any]) -> dict[str, Any]:
        step((index + 1) / max(1, pipeline.num_timesteps))
        return {}

    return heard
