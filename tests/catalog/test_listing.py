from __future__ import annotations

import msgspec

from reelgate.catalog.listing import listing
from tests.catalog.requests import CATALOG, ROWS


def test_both_resellers_keys_are_there_and_each_id_once() -> None:
    answer = listing(CATALOG)
    assert answer["object"] == "list"
    names = [entry["id"] for entry in answer["data"]]
    assert sorted(names) == sorted({model.id for model in ROWS})
    for entry in answer["data"]:
        assert list(entry)[:5] == ["id", "object", "created", "owned_by", "supported_endpoint_types"]
        assert (entry["object"], type(entry["created"]), entry["supported_endpoint_types"]) == ("model", int, ["video"])


def test_an_entry_tells_modes_limits_and_prices() -> None:
    by_id = {entry["id"]: entry for entry in msgspec.json.decode(msgspec.json.encode(listing(CATALOG)))["data"]}
    edit = by_id["happy-horse-edit-720p"]
    assert list(edit["modes"]) == ["edit"]
    source, reference = edit["modes"]["edit"]["inputs"]
    assert (source["min"], source["max"], source["max_seconds"], source["max_mb"]) == (1, 1, 60, 100)
    assert (reference["min"], reference["max"], reference["min_side"]) == (0, 5, 300)
    assert edit["limits"]["resolutions"] == ["720p"]
    assert edit["limits"]["duration"]["source_max"] == 15
    assert by_id["happyhorse-1.0-t2v"]["limits"]["duration"] == {"min": 3, "max": 15, "default": 5}
    assert edit["price"]["micros_per_second"] == {"720p": 95_200}


def test_a_mode_tells_what_differs_from_its_model() -> None:
    by_id = {entry["id"]: entry for entry in msgspec.json.decode(msgspec.json.encode(listing(CATALOG)))["data"]}
    turbo, pro = by_id["viduq3-turbo"], by_id["doubao-seedance-1-0-pro-250528"]
    assert turbo["modes"]["reference"]["duration"] == {"min": 3, "max": 16, "default": 5}
    assert turbo["modes"]["reference"]["price"]["offpeak_micros_per_second"]["540p"] == 10_000
    assert turbo["price"]["offpeak_micros_per_second"]["540p"] == 20_000
    assert "price" not in turbo["modes"]["image"]
    assert pro["modes"]["text"]["ratios"][0] == "16:9"
    assert pro["options"] == ["camera_fixed", "frames", "flex"]


def test_another_dialects_terms_stand_beside_the_first() -> None:
    entry = next(entry for entry in listing(CATALOG)["data"] if entry["id"] == "happyhorse-1.0-video-edit")
    sellers = [entry, *entry["also"]]
    assert [terms["dialect"] for terms in sellers] == ["dashscope", "anyfast", "apiyi"]
    assert [terms["modes"]["edit"]["inputs"][1]["max"] for terms in sellers] == [5, 1, 5]
