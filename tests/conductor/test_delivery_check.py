"""A delivered file is compared with the order."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate.catalog import load
from reelgate.conductor.delivery_check import differences
from reelgate.request import AUTO_DURATION, Facts, MediaKind, Mode, VideoRequest

CATALOG = load()


def request(**changes: Any) -> VideoRequest:
    given = {"model": "seedance-2.0", "mode": Mode.TEXT, "prompt": "猫", "resolution": "720p", "ratio": "16:9"}
    return VideoRequest(**{**given, "duration": 5, "seed": 1, **changes})


def facts(width: int = 1280, height: int = 720, seconds: float = 5.04) -> Facts:
    return Facts(MediaKind.VIDEO, "mp4", 1, width, height, seconds)


@pytest.mark.parametrize(
    ("asked", "delivered", "told"),
    [
        (request(), facts(), {}),
        (request(), facts(seconds=3.0), {"asked_seconds": 5, "delivered_seconds": 3.0}),
        (request(), facts(1248, 704), {"asked_size": "1280x720", "delivered_size": "1248x704"}),
        (request(ratio="9:16"), facts(), {"asked_size": "720x1280", "delivered_size": "1280x720"}),
        (request(ratio="1:1"), facts(960, 960), {}),
        (request(duration=AUTO_DURATION), facts(seconds=11.0), {}),
        (request(ratio="adaptive"), facts(111, 222), {}),
        (request(resolution="a tier that is gone"), facts(111, 222), {}),
    ],
)
def test_differences_are_named(asked: VideoRequest, delivered: Facts, told: dict[str, Any]) -> None:
    model = CATALOG.find("seedance-2.0")
    assert model is not None

    assert differences(model, asked, delivered) == told


def test_a_first_frame_gives_its_own_shape() -> None:
    model = CATALOG.find("happyhorse-1.0-i2v")
    assert model is not None

    assert differences(model, request(mode=Mode.IMAGE, model=model.id), facts(111, 222)) == {}
