"""DashScope's create read back: what the provider asks the vendor for is what the dialect understands it to mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.catalog import MediaRule, Model
from reelgate.catalog.rules import check
from reelgate.dialects import by_name
from reelgate.dialects.port import Call
from reelgate.errors import InvalidField
from reelgate.providers.dashscope_body import body_of
from reelgate.providers.port import Job, Staged
from reelgate.request import Facts, Media, Mode, VideoRequest
from tests.catalog.requests import CATALOG, request

PATH = "/api/v1/services/aigc/video-generation/video-synthesis"
ROWS = [(model, mode) for model in CATALOG if model.dialect == "dashscope" for mode in model.modes]


def read(body: dict[str, Any]) -> VideoRequest:
    """Return the request that a create body stands for."""
    parsed = by_name("dashscope").parse(Call(PATH, {"x-dashscope-async": "enable"}, body), CATALOG)
    assert parsed.unknown == ()
    return check(parsed.model, parsed.request, parsed.names)


def most_inputs(model: Model, mode: Mode) -> tuple[Media, ...]:
    """Return as many inputs as the mode takes together, each with an address."""
    rules = model.modes[mode].media
    left = model.modes[mode].max_references or 99
    media: list[Media] = []
    for rule in rules:
        count = min(rule.max, left) if rule.role == "reference" else min(rule.max, 1)
        left -= count if rule.role == "reference" else 0
        media += [_input(rule, len(media) + number) for number in range(count)]
    return tuple(media)


def _input(rule: MediaRule, number: int) -> Media:
    return Media(kind=rule.kind, role=rule.role, field="", url=f"https://gw.example/{number}")


def asked(model: Model, wanted: VideoRequest) -> dict[str, Any]:
    """Return the body that the provider makes of a request."""
    staged = tuple(Staged(m.kind, m.role, Path("nowhere"), Facts(m.kind, "png", 1), m.url) for m in wanted.media)
    return body_of(Job("0197", wanted, model, staged))


@pytest.mark.parametrize(("model", "mode"), ROWS, ids=[f"{model.id}-{mode}" for model, mode in ROWS])
def test_what_is_asked_of_the_vendor_is_understood_here(model: Model, mode: Mode) -> None:
    settings = {"seed": 7, "watermark": not model.watermark.default, "resolution": model.resolutions[0]}
    settings |= {"ratio": model.ratios[-1]} if model.ratios else {}
    settings |= {"prompt_extend": True} if model.family == "wan" else {}
    settings |= {"audio": True} if model.family == "vidu" else {}
    media = most_inputs(model, mode)
    wanted = check(model, request(model, mode, media=media, **settings), {})

    understood = read(asked(model, wanted))

    inputs = {(item.kind, item.role, item.url) for item in understood.media}
    assert inputs == {(item.kind, item.role, item.url) for item in media}
    assert replace(understood, media=(), ignored=()) == replace(wanted, media=(), ignored=())
    assert understood.ignored == ()


@pytest.mark.parametrize(
    ("size", "tier", "ratio"),
    [
        ("1280*720", "720p", "16:9"),
        ("720*1280", "720p", "9:16"),
        ("1920x1080", "1080p", "16:9"),
        ("960*540", "540p", "16:9"),
        ("1080*1080", "", ""),
        ("1440*1440", "1080p", "1:1"),
        ("1104*832", "720p", "4:3"),
    ],
)
def test_a_size_means_the_nearest_tier_and_ratio(size: str, tier: str, ratio: str) -> None:
    body = {"model": "vidu/viduq3-pro_text2video", "input": {"prompt": "雪山"}, "parameters": {"size": size}}
    if not tier:
        with pytest.raises(InvalidField, match=r"parameters\.size is"):
            read(body)
    else:
        understood = read(body)
        assert (understood.resolution, understood.ratio) == (tier, ratio)
