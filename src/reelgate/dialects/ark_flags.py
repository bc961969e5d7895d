"""Ark's older form of a request: settings as flags inside the prompt, `… --rs 720p --rt 16:9 --dur 5`."""

from __future__ import annotations

import re
from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.request_builder import Draft
from reelgate.limits import MAX_PROMPT_CHARS

_NAMES = {
    "rs": "resolution",
    "resolution": "resolution",
    "rt": "ratio",
    "ratio": "ratio",
    "dur": "duration",
    "duration": "duration",
    "fps": "fps",
    "framespersecond": "fps",
    "seed": "seed",
    "cf": "camera_fixed",
    "camerafixed": "camera_fixed",
    "wm": "watermark",
    "watermark": "watermark",
}
_FLAG = re.compile(rf"(?:^|(?<=\s))--({'|'.join(_NAMES)})[ \t=]{{1,8}}(\S+)", re.IGNORECASE)
_SPACES = re.compile(" {2,}")
_BOOLEANS = {"true": True, "false": False}
_FPS = "24"
_FLAGS_CHARS = 2000  # more than all flags together
_NUMBER = re.compile("-?[0-9]{1,10}")


def take_flags(draft: Draft, prompt: str, field: str, model: Model) -> str:
    """State what the flags of a prompt say, and return the prompt without them.

    They are weakly checked, as the vendor does it: one that the model does not take has no effect and is reported so.
    """
    if len(prompt) > (model.prompt_max or MAX_PROMPT_CHARS) + _FLAGS_CHARS:  # refused for its length, flags or not
        return prompt
    for name, text in _FLAG.findall(prompt):
        attribute = _NAMES[name.lower()]
        value = _value(attribute, text.lower(), model)
        if value is None:
            draft.ignore([f"{field} --{name}"])
        elif attribute != "fps":
            draft.put(attribute, value, f"{field} --{name}")
    return _SPACES.sub(" ", _FLAG.sub("", prompt)).strip() if _FLAG.search(prompt) else prompt


def _value(attribute: str, text: str, model: Model) -> Any:
    """Return what a flag says, None if the model does not take it."""
    if attribute in ("watermark", "camera_fixed"):
        taken = attribute == "watermark" or attribute in model.options
        return _BOOLEANS.get(text) if taken else None
    if attribute in ("duration", "seed"):
        number = int(text) if _NUMBER.fullmatch(text) else None
        return number if number is not None and _is_taken(attribute, number, model) else None
    choices = {"resolution": model.resolutions, "ratio": model.ratios, "fps": (_FPS,)}[attribute]
    return text if text in choices else None


def _is_taken(attribute: str, number: int, model: Model) -> bool:
    if number == -1:
        return attribute == "seed" or model.duration.auto
    low, high = (0, model.seed_max) if attribute == "seed" else (model.duration.min, model.duration.max)
    return low <= number <= high
