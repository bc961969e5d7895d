"""Which model makes an order under a stand-in's name, at once or in parts, and the error if none does."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.admission.standins import StandIns
from reelgate.conductor.routing import Router
from reelgate.dialects.port import Parsed
from reelgate.errors import InvalidField, NobodyMakesIt
from reelgate.providers.account import Account
from reelgate.request import Media, MediaKind, Mode, Part, Role, VideoRequest
from reelgate.settings import Drawing
from tests.catalog.test_standins import CATALOG, PRO, SORA, film, ordered
from tests.conductor.studio import HandClock

NAMES = {"duration": "how_long", "resolution": "how_large"}
VIDU, WAN = ("viduq3-pro", "vidu"), ("wan2.7-t2v", "apiyi")


def stands_in(*accounts: str, drawing: Drawing = Drawing.AUTO, reachable: bool = True, **more: Any) -> StandIns:
    made = [Account(name=kind, kind=kind, **more) for kind in accounts]
    providers: dict[str, Any] = dict.fromkeys(accounts)
    return StandIns(CATALOG, Router(providers, made, HandClock(), drawing), reachable=reachable)


def settled(stand: StandIns, request: VideoRequest) -> VideoRequest:
    model = {one.id: one for one in (SORA, PRO)}[request.model]
    parsed = stand.settled(Parsed(model, request, NAMES))
    assert parsed.model.id == parsed.request.model
    return parsed.request


def going_on(seconds: int, tier: str = "720p") -> Part:
    return Part("wan2.7-i2v", "apiyi", tier, "adaptive", seconds, tail=2)


@pytest.mark.parametrize(
    ("accounts", "seconds", "maker", "first", "parts"),
    [
        (["dashscope"], 12, WAN, 12, []),
        (["dashscope"], 16, WAN, 12, [going_on(4)]),
        (["dashscope"], 20, WAN, 12, [going_on(8)]),
        (["dashscope", "vidu"], 16, VIDU, 16, []),
        (["dashscope", "vidu"], 20, VIDU, 16, [going_on(4)]),
    ],
)
def test_a_length_is_made_at_once_where_it_can_be_and_else_in_the_longest_first_part(
    accounts: list[str], seconds: int, maker: tuple[str, str], first: int, parts: list[Part]
) -> None:
    stand = stands_in(*accounts)
    found = settled(stand, ordered(SORA, seconds=seconds))
    assert found.order is not None
    begin = [Part(*maker, "720p", "9:16", first)] if parts else []
    assert (found.model, found.duration, found.resolution, found.ratio) == (maker[0], first, "720p", "9:16")
    assert (found.order.seconds, found.order.extends, list(found.order.parts)) == (seconds, False, begin + parts)
    model = CATALOG.of(*maker)
    priced = [(row.id, request.duration) for row, request in stand.priced(model, found)]
    assert priced == [(maker[0], first), *((part.model, part.tail + part.seconds) for part in parts)]
    asked = stand.asked(found)
    assert asked is not None
    assert (asked[0].id, asked[1]) == ("sora-2", found.ordered)


@pytest.mark.parametrize(("seconds", "parts"), [(8, [going_on(8)]), (20, [going_on(10), going_on(10)])])
def test_an_extension_goes_on_in_as_many_parts_as_it_takes(seconds: int, parts: list[Part]) -> None:
    source = film(4.0, "a" * 64)
    clip = Media(MediaKind.VIDEO, Role.FIRST_CLIP, "video", blob=source.blob, facts=source.facts)
    request = replace(ordered(SORA, mode=Mode.EXTEND, seconds=seconds), media=(clip,))
    found = settled(stands_in("dashscope"), request)
    assert found.order is not None
    assert (found.model, found.mode, found.duration) == ("wan2.7-i2v", Mode.EXTEND, 2 + parts[0].seconds)
    assert (found.order.seconds, found.order.extends, list(found.order.parts)) == (seconds, True, parts)
    with pytest.raises(NobodyMakesIt):  # a vendor can't fetch the clip
        settled(stands_in("dashscope", reachable=False), request)


def test_what_nobody_makes_is_refused_at_the_client_s_field_with_what_can_be_had() -> None:
    with pytest.raises(InvalidField) as refused:
        settled(stands_in("vidu"), ordered(SORA, seconds=20))
    told = (refused.value.field, refused.value.value, refused.value.allowed)
    assert told == ("how_long", 20, "4, 8, 12, 16 seconds on this server")

    with pytest.raises(InvalidField) as refused:
        settled(stands_in("uniall", models=("viduq3p-720p",)), ordered(PRO, tier="1080p", ratio="16:9"))
    told = (refused.value.field, refused.value.value, refused.value.allowed)
    assert told == ("how_large", "1080p, 16:9", "720x1280, 1280x720")

    with pytest.raises(NobodyMakesIt) as nobody:
        settled(stands_in(drawing=Drawing.OFF), ordered(SORA))
    assert "sora-2" in str(nobody.value)
