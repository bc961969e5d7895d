"""The Python client in the sellers' and vendors' own APIs, as it would speak to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelgate import Reelgate
from reelgate.client import ApiError, NotFound, NotOffered, Unreachable, UnreadableAnswer
from reelgate.testing.simulator import Simulator
from tests.client.flaky import answer, flaky
from tests.e2e.inputs import picture
from tests.e2e.server import Server, serving

MODELS = {
    "anyfast": "happyhorse-1.0-i2v",
    "uniall": "happy-horse-720p",
    "apiyi": "wan2.7-i2v",
    "dashscope": "wan2.7-i2v",
    "ark": "doubao-seedance-2-0-mini-260615",
    "vidu": "viduq3-turbo",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with sellers(tmp_path_factory.mktemp("dialects")) as started:
        yield started


@contextmanager
def sellers(folder: Path) -> Iterator[Server]:
    """Start a gateway with an account at each vendor, all of them played."""
    with Simulator(job_seconds=0.2) as simulator:
        config = folder / "reelgate.toml"
        account = '[[account]]\nkind = "{0}"\nkey = "k"\nbase_url = "{1}"\npoll_seconds = 0.5\n'
        config.write_text("".join(account.format(one, simulator.base_url(one)) for one in ("dashscope", "ark", "vidu")))
        options = ("--workers", "0", "--config", str(config), "--allow-private-media")
        with serving(folder / "data", *options) as started:
            yield started


@pytest.mark.parametrize("dialect", sorted(MODELS))
def test_a_video_is_ordered_in_the_words_of_each_api(server: Server, tmp_path: Path, dialect: str) -> None:
    frame = picture(tmp_path / "frame.png", 640, 360, "#c03030")
    with Reelgate(server.url, key=server.key, dialect=dialect) as client:
        model = MODELS[dialect]
        task = client.generate("she turns to the camera", model=model, image=frame, duration=5, resolution="720p")
        assert task.id
        assert not task.ended
        assert client.get(task.id).id == task.id
        saved = task.wait(timeout=480).save(tmp_path / "out.mp4")
        assert saved.read_bytes()[4:8] == b"ftyp"
        assert task.model == model
        with pytest.raises(ApiError) as refused:
            client.generate("x", model=model, image=frame, duration=99)
        assert "duration" in str(refused.value)
        with pytest.raises(NotFound):
            client.get("task_that_is_not_there")
        for call in (client.balance, task.timeline, client.models):
            with pytest.raises(NotOffered, match=dialect):
                call()


def test_an_order_at_a_seller_is_sent_once() -> None:
    with flaky() as seller, Reelgate(seller.url, key="k", retry_seconds=5, dialect="anyfast") as client:
        for lost in (None, answer(502, {}), answer(503, {"code": "busy", "message": "no channel"})):
            seller.asked.clear()
            seller.answers = [lost]
            with pytest.raises((Unreachable, ApiError)):
                client.generate("x", model="happyhorse-1.0-t2v")
            assert len(seller.asked) == 1


@pytest.mark.parametrize("dialect", sorted(MODELS))
@pytest.mark.parametrize(
    "strange", [b"<!doctype html>", {}, [], "ok", None, {"output": "x", "data": [], "creations": {}, "content": 7}]
)
def test_a_seller_s_answer_that_names_no_task_or_state_is_told_as_that(dialect: str, strange: Any) -> None:
    with flaky() as seller, Reelgate(seller.url, key="k", retry_seconds=5, dialect=dialect) as client:
        calls: list[Callable[[], Any]] = [
            lambda: client.generate("x", model=MODELS[dialect]),
            lambda: client.get("task_1"),
        ]
        for call in calls:
            seller.answers = [answer(200, strange)]
            with pytest.raises(UnreadableAnswer, match=rf"^{seller.url}/\S+ did not answer with a"):
                call()
        assert len(seller.asked) == 2


def test_an_api_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="allowed: reelgate, anyfast"):
        Reelgate("http://127.0.0.1:1", key="k", dialect="kling")
