"""Every request that the resellers' documents print, run as printed: created, polled, downloaded, looked at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import Inputs
from tests.e2e.server import Server
from tests.e2e.video import Video, look_at, psnr

REQUESTS: dict[str, Any] = json.loads((Path(__file__).parent / "seeds/requests.json").read_text())

ID_FORMS = {
    "asyntask_": r"asyntask_[0-9A-Za-z]{32}",
    "cgt-": r"cgt-\d{14}-[0-9a-z]{5}",
    "task_": r"task_[0-9A-Za-z]{32}",
    "": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_documented_request_ends_in_its_video(name: str, gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    asked = REQUESTS[name]
    body = _with_hosts_replaced(asked["body"], inputs)

    created = gateway.post(asked["path"], body, headers=asked.get("headers"))

    assert created.status == 200, created.body
    _same_shape(created.json, asked["created"])
    link = _finished(gateway, asked["query"].format(id=_task_id(created.json)))
    downloaded = gateway.get(link, key=None)
    assert (downloaded.status, downloaded.headers["content-type"]) == (200, "video/mp4")
    assert int(downloaded.headers["content-length"]) == len(downloaded.body)
    file = tmp_path / "video.mp4"
    file.write_bytes(downloaded.body)
    _as_wanted(look_at(file), asked["video"], inputs)


def _with_hosts_replaced(body: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    replaced: dict[str, Any] = json.loads(json.dumps(body).replace("https://example.com", inputs.server.url("")))
    return replaced


def _same_shape(answer: Any, wanted: Any) -> None:
    """The same keys in the same order with the same JSON types; equal values, except ids and times."""
    if isinstance(wanted, dict):
        assert list(answer) == list(wanted)
        for key, value in wanted.items():
            if key in {"id", "task_id", "request_id"}:
                assert re.fullmatch(ID_FORMS[value], answer[key])
            elif key == "created_at":
                assert type(answer[key]) is int
            else:
                _same_shape(answer[key], value)
    else:
        assert (type(answer), answer) == (type(wanted), wanted)


def _task_id(created: dict[str, Any]) -> str:
    found: str = created["output"]["task_id"] if "output" in created else created["id"]
    return found


def _finished(gateway: Server, path: str) -> str:
    """Poll as the documents say until the end; return the link to the video."""

    def job(answer: Any) -> Any:
        return answer.get("data") or answer

    seen: list[int] = []

    def done(answer: Any) -> bool:
        seen.append(int(str(job(answer)["progress"]).rstrip("%")))
        assert job(answer)["status"] not in {"FAILURE", "failed"}, answer
        return job(answer)["status"] in {"SUCCESS", "completed"}

    finished = job(gateway.until(path, done))
    assert seen == sorted(seen)
    assert seen[-1] == 100
    link: str = finished.get("result_url") or finished["video_url"]
    return link


def _as_wanted(video: Video, wanted: dict[str, Any], inputs: Inputs) -> None:
    assert (video.codec, video.pixels, video.fps) == ("h264", "yuv420p", 24)
    assert abs(video.seconds - wanted["seconds"]) <= 1 / 24
    assert video.audio == ("aac" if wanted["audio"] else "")
    if "width" in wanted:
        assert (video.width, video.height) == (wanted["width"], wanted["height"])
    else:
        assert video.width / video.height == pytest.approx(wanted["ratio"], rel=0.01)
        assert video.width * video.height == pytest.approx(wanted["pixels"], rel=0.02)
    for end in ("first", "last"):
        if end in wanted:
            with Image.open(inputs.files[wanted[end]]) as image:
                scaled = np.asarray(image.convert("RGB").resize((video.width, video.height)), float)
            assert psnr(getattr(video, end), scaled) > 28
