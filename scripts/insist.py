"""One client's part of `make once`: orders videos until each is ordered. Run by the Python of that client's own place.

`insist.py CLIENT URL KEY PREFIX COUNT MODE`: prints nothing, and ends with status 0 when every order was answered. With
MODE `keyed` each order has an Idempotency-Key; with `plain` the client says what it says by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SECONDS = 3.0
"""How long a client waits for an answer."""
THREADS = 8
PATIENCE = 60
"""How often an order is repeated before the run has failed."""

DASHSCOPE_MODEL = "vidu/viduq3-turbo_text2video"

Order = Callable[[str, dict[str, str]], object]


def openai(url: str, key: str) -> Order:
    """Return OpenAI's `videos.create`, in JSON or as a form, as the installed version has it."""
    from openai import OpenAI

    client = OpenAI(base_url=f"{url}/v1", api_key=key, timeout=SECONDS)
    model: Any = "viduq3t-540p"
    return lambda prompt, headers: client.videos.create(
        model=model, prompt=prompt, extra_body={"seconds": "1"}, extra_headers=headers
    )


def litellm(url: str, key: str) -> Order:
    """Return LiteLLM's `video_generation`."""
    import litellm as lite

    lite.suppress_debug_info = True
    there = {"api_base": f"{url}/v1", "api_key": key, "timeout": SECONDS}
    return lambda prompt, headers: lite.video_generation(
        model="openai/viduq3t-540p", prompt=prompt, seconds="1", extra_headers=headers, **there
    )


def ark(url: str, key: str) -> Order:
    """Return Ark's `content_generation.tasks.create`."""
    from volcenginesdkarkruntime import Ark

    tasks = Ark(base_url=f"{url}/api/v3", api_key=key, timeout=SECONDS).content_generation.tasks
    order: dict[str, Any] = {"model": "doubao-seedance-1-0-pro-250528", "duration": 2, "resolution": "480p"}
    return lambda prompt, headers: tasks.create(
        **order, content=[{"type": "text", "text": prompt}], extra_headers=headers
    )


def dashscope(url: str, key: str) -> Order:
    """Return DashScope's `VideoSynthesis.async_call`, whose refusals are answers."""
    import dashscope as scope
    from dashscope import VideoSynthesis

    scope.base_http_api_url, scope.api_key = f"{url}/api/v1", key
    order = {"model": DASHSCOPE_MODEL, "duration": 1, "resolution": "540P", "request_timeout": SECONDS}

    def create(prompt: str, headers: dict[str, str]) -> None:
        answer = VideoSynthesis.async_call(**order, prompt=prompt, headers=dict(headers))
        if answer.status_code != 200:
            raise OSError(f"{answer.status_code} {answer.code} {answer.message}")

    return create


def dashscope_client(url: str, key: str) -> Order:
    """Return the create of `dashscope.Client`, whose calls take no headers of their own."""
    from dashscope import Client

    def create(prompt: str, headers: dict[str, str]) -> None:
        client = Client(api_key=key, base_url=f"{url}/api/v1", timeout=SECONDS)
        client.transport.http_client.headers.update(headers)
        client.videos.jobs.create(model=DASHSCOPE_MODEL, prompt=prompt, duration=1, resolution="540P")

    return create


def reelgate(url: str, key: str) -> Order:
    """Return Reelgate's own create."""
    from reelgate.client import Reelgate

    client = Reelgate(url, key=key, timeout=SECONDS, retry_seconds=0)  # of itself it waits longer, and tries again

    def create(prompt: str, headers: dict[str, str]) -> None:
        named = headers.get("Idempotency-Key")
        client.create(model="viduq3t-540p", prompt=prompt, duration=1, idempotency_key=named)

    return create


def urllib_(url: str, key: str) -> Order:
    """Return what a program without any client does: a connection for each call."""

    def create(prompt: str, headers: dict[str, str]) -> None:
        body = json.dumps({"model": "viduq3t-540p", "prompt": prompt, "duration": 1}).encode()
        sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
        call = urllib.request.Request(f"{url}/v1/tasks", data=body, headers=sent)  # noqa: S310
        try:
            with urllib.request.urlopen(call, timeout=SECONDS) as answer:  # noqa: S310
                answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise OSError(f"{error.code} {error.read()!r}") from None

    return create


CLIENTS = {
    "openai": openai,
    "litellm": litellm,
    "ark": ark,
    "dashscope": dashscope,
    "dashscope-client": dashscope_client,
    "reelgate": reelgate,
    "urllib": urllib_,
}


def main() -> int:
    """Order."""
    name, url, key, prefix, count, mode = sys.argv[1:]
    logging.disable()
    warnings.simplefilter("ignore")
    order = CLIENTS[name](url, key)

    def insist(number: int) -> bool:
        prompt = f"{prefix} {number}."
        headers = {"Idempotency-Key": prompt} if mode == "keyed" else {}
        for _ in range(PATIENCE):
            try:
                order(prompt, headers)
            except Exception as error:  # noqa: BLE001 (every client has its own)
                last = error
            else:
                return True
        sys.stderr.write(f"{prompt}: {last!r}\n")
        return False

    with ThreadPoolExecutor(THREADS) as pool:
        return int(not all(pool.map(insist, range(int(count)))))


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())  # some clients look for one in the main thread
    sys.exit(main())
