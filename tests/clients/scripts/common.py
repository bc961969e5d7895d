"""What the scripts share. Each is run by the Python of a client's own environment and prints one JSON object."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

URL = os.environ["GATEWAY_URL"]
LOSSY_URL = os.environ["LOSSY_URL"]
"""The same gateway over a line that counts calls and on which the answer to each script's first POST is lost."""
BUSY_URL = os.environ["BUSY_URL"]
"""A gateway, perhaps another one, over a line that counts calls. A test that needs it lets it begin one task alone."""
KEY = os.environ["GATEWAY_KEY"]
PICTURE = os.environ["PICTURE"]
MODEL = os.environ["MODEL"]
PROMPT = "一只橘猫在雨中奔跑"


def refused(call: Callable[[], object]) -> dict[str, Any]:
    """Return how a client reports a refused call: the exception's class, its bases among the client's, its facts."""
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 (which one it is, is the question)
        facts = {name: getattr(error, name, None) for name in ("status_code", "code", "param", "message", "request_id")}
        return {"class": type(error).__name__, **facts, "text": str(error)}
    raise AssertionError(f"the call was not refused: {answer}")


def tell(**said: Any) -> None:
    """Print what was seen, as the last line."""
    sys.stdout.write("\n" + json.dumps(said, ensure_ascii=False, default=str) + "\n")
