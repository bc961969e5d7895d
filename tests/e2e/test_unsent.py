"""A setting that the maker of a video has no field for is named in the task's `ignored`, or the job is not sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from reelgate.testing import Simulator
from tests.e2e.server import Server, serving

ACCOUNT = '[[account]]\nkind = "{kind}"\nkey = "sk-{kind}"\nbase_url = "{url}"\npriority = {priority}\n'

RESELLERS = ("anyfast", "uniall")
"""They come first, because the vendors behind them make the same models."""

MODELS = {
    "ark": "doubao-seedance-2-0-260128",
    "anyfast": "seedance-2.0",
    "dashscope": "wan2.7-t2v",
    "uniall": "happy-horse-720p",
    "vidu": "viduq3-pro",
}
WISHES = {"music": True, "watermark": True, "prompt_extend": True, "camera_fixed": True, "seed": 7}

WITHOUT_EFFECT = {
    "ark": ["music", "prompt_extend", "camera_fixed", "seed"],
    "anyfast": ["music", "prompt_extend", "camera_fixed", "seed"],
    "dashscope": ["music", "camera_fixed"],
    "uniall": ["music", "watermark", "prompt_extend", "camera_fixed"],
    "vidu": ["prompt_extend", "camera_fixed"],
}


class Desk(NamedTuple):
    """A gateway whose vendors are simulated, and take long."""

    server: Server
    simulator: Simulator

    def order(self, **fields: Any) -> Any:
        answer = self.server.post("/v1/tasks", {"duration": 5, **fields})
        assert answer.status == 200, answer.body
        return answer.json

    def seen(self, task: Any, *states: str) -> Any:
        return self.server.until(f"/v1/tasks/{task['id']}", lambda found: found["state"] in states)

    def sent(self, prompt: str) -> dict[str, Any]:
        (job,) = (job for job in self.simulator.jobs() if job.prompt == prompt)
        return job.body


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("unsent")
    with Simulator(job_seconds=3600) as simulator:
        config = folder / "reelgate.toml"
        urls = {kind: simulator.base_url(kind) for kind in MODELS}
        rows = (ACCOUNT.format(kind=kind, url=url, priority=int(kind in RESELLERS)) for kind, url in urls.items())
        config.write_text("\n".join(rows))
        with serving(folder / "data", "--workers", "0", "--config", str(config)) as server:
            yield Desk(server, simulator)


@pytest.mark.parametrize("kind", MODELS)
def test_a_setting_that_is_not_sent_is_named(desk: Desk, kind: str) -> None:
    prompt = f"a cat with every wish, by {kind}"

    task = desk.order(model=MODELS[kind], prompt=prompt, **WISHES)

    assert desk.seen(task, "running")["ignored"] == WITHOUT_EFFECT[kind]
    words = {"music": "bgm"}
    sent = dict(flat(desk.sent(prompt)))
    assert {name for name in WISHES if words.get(name, name) not in sent} == set(WITHOUT_EFFECT[kind])


def flat(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every field of a body, also those inside others."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield name, inner
        yield from flat(inner)


@pytest.mark.parametrize("kind", MODELS)
def test_what_nobody_asked_for_is_not_named(desk: Desk, kind: str) -> None:
    task = desk.order(model=MODELS[kind], prompt=f"a cat without a wish, by {kind}")

    assert desk.seen(task, "running")["ignored"] == []


@pytest.mark.parametrize("kind", ["dashscope", "uniall"])
def test_silence_is_not_ordered_from_a_maker_that_always_adds_sound(desk: Desk, kind: str) -> None:
    prompt = f"a silent cat, by {kind}"
    task = desk.order(model=MODELS[kind], prompt=prompt, audio=False)

    ended = desk.seen(task, "failed", "running", "succeeded")

    assert ended["state"] == "failed"
    assert ended["error"]["message"] == "[Unsendable] the provider has no field for silence (audio: false)"
    assert ended["price"]["charged_micros"] == 0
    assert prompt not in [job.prompt for job in desk.simulator.jobs()]


@pytest.mark.parametrize("kind", ["ark", "vidu"])
def test_silence_is_ordered_where_the_maker_can_be_told(desk: Desk, kind: str) -> None:
    prompt = f"another silent cat, by {kind}"
    task = desk.order(model=MODELS[kind], prompt=prompt, audio=False)

    assert desk.seen(task, "running")["ignored"] == []
    sent = desk.sent(prompt)
    assert sent.get("generate_audio", sent.get("audio")) is False
