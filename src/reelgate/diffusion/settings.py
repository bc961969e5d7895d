"""An operator's settings of a model on a GPU, and the source of its configuration."""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from reelgate.diffusion.families import PipelineFamily, family_of

EXTRA = "this needs more packages: pip install 'reelgate[diffusers]'"
_PACKAGES = ("torch", "diffusers", "transformers", "ftfy", "accelerate")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


ENVIRONMENT = (
    *("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("HF_HOME", "HF_TOKEN", "HF_TOKEN_PATH", "HF_ENDPOINT", "HF_HUB_*", "HF_XET_*", "HUGGINGFACE_HUB_CACHE"),
    *("CUDA_*", "NVIDIA_*", "HIP_*", "ROCR_*", "HSA_*", "TORCH_*", "PYTORCH_*", "TRANSFORMERS_*", "DIFFUSERS_*"),
    *("OMP_*", "MKL_*", "TRITON_*"),
)
"""What the model's packages and the card's driver read from the environment. `HF_TOKEN` opens models at the hub."""


class DiffusionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model and how it is run. `steps` and `guidance` are the pipeline's own where they are not given."""

    model: str
    """A folder in the layout of diffusers, or an id at the Hugging Face hub."""
    device: str = "cuda"
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    offload: Literal["none", "model", "sequential"] = "none"
    """What waits in main memory while it is not needed: nothing, whole parts, or every layer."""
    steps: int | None = None
    guidance: float | None = None
    short_side: int = 0
    """Pixels of the shorter side at most, up to the model's multiple; what is to be larger is scaled up. 0: any."""
    processes: int = 1
    """Each loads the model for itself."""
    confined: bool = True
    """Whether its processes are shut in: a driver that needs more than is foreseen works without."""


def settings_of(options: Mapping[str, str]) -> DiffusionSettings:
    """Return the settings that an account's options state. ValueError where they mean nothing."""
    settings = msgspec.convert(dict(options), DiffusionSettings, strict=False)
    for name in ("steps", "processes"):
        number = getattr(settings, name)
        if number is not None and number < 1:
            raise ValueError(f"{name} is {number}; it must be 1 or more")
    if settings.short_side < 0:
        raise ValueError(f"short_side is {settings.short_side}; it must be 0 or more")
    return settings


def check_installed() -> None:
    """Raise ValueError if the optional packages are missing; they are not loaded for it."""
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise ValueError(f"{EXTRA} ({', '.join(missing)} not found)")


@functools.cache
def describe(model: str) -> PipelineFamily:
    """Return a model's family. ValueError where its configuration can't be read, or no family fits.

    Of a model at the hub, two small files are downloaded.
    """
    try:
        index = _config(model, "model_index.json")
        return family_of(index, _config(model, "transformer/config.json") if "transformer" in index else {})
    except (OSError, ValueError) as error:
        raise ValueError(f"model {model}: {error}") from None


def _config(model: str, name: str) -> dict[str, Any]:
    return msgspec.json.decode(_file(model, name).read_bytes(), type=dict[str, Any])


def _file(model: str, name: str) -> Path:
    if Path(model).is_dir():
        return Path(model) / name
    if not _HUB_ID.fullmatch(model):
        raise ValueError("no such folder, and not an id at the hub")
    check_installed()
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(model, name))
