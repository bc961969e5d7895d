"""Previews over HTTP: what a create would show, cost and be refused for, with nothing made and nothing charged."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelgate.catalog.rules import check
from reelgate.client import Reelgate
from reelgate.console.wordings import worded
from reelgate.dialects import by_name
from reelgate.dialects.port import HOUSE, Call
from tests.billing.test_every_create import PLAIN
from tests.catalog.requests import CATALOG
from tests.e2e.conftest import Inputs
from tests.e2e.server import Reply, Server
from tests.e2e.test_cli import run

TASKS = "/v1/tasks"
BODY: dict[str, Any] = {"model": "wan2.7-t2v", "prompt": "一只猫在草地上奔跑,然后切换到大海,虚幻引擎", "duration": 4}


def asked(gateway: Server, body: dict[str, Any], path: str = TASKS, **more: Any) -> Any:
    answer = gateway.post("/v1/previews", {"path": path, "body": body, **more})
    assert answer.status == 201, answer.body
    return answer.json


def arrived(gateway: Server, body: dict[str, Any], path: str = TASKS, **more: Any) -> Any:
    """Ask until no input is on its way any more: an answer waits for inputs for a moment only."""
    tries = (asked(gateway, body, path, **more) for _ in range(60))
    return next(found for found in tries if not found["waits_for"])


def drawn(gateway: Server, body: dict[str, Any], path: str = TASKS) -> Any:
    """Ask until every still is there: a busy machine, or one that has just begun, may need longer than one answer."""
    tries = (arrived(gateway, body, path, inline=True) for _ in range(60))
    return next(found for found in tries if all(still["data"] for still in found["storyboard"]["stills"]))


def stills(found: dict[str, Any]) -> list[Image.Image]:
    """Decode the stills of an inline answer."""
    given = [still["data"].partition(",")[2] for still in found["storyboard"]["stills"]]
    return [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in given]


def tone(picture: Image.Image) -> tuple[int, ...]:
    """Return the colour in the middle."""
    colour = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(colour, tuple)
    return colour


def test_it_tells_the_shots_their_price_and_what_was_not_understood(gateway: Server) -> None:
    before = gateway.get("/v1/balance").json

    found = asked(gateway, BODY)

    board = found["storyboard"]
    assert [shot["place"] for shot in board["shots"]] == ["grassland", "sea"]
    assert (board["shots"][0]["subjects"][0]["action"], board["not_understood"]) == ("run", ["虚幻引擎"])
    assert (board["width"], board["height"], board["seconds"], board["drawn_from"]) == (1280, 720, 4.0, "request")
    assert (found["accepted"], found["refusals"], found["made_by"]) == (True, [], "animatic")
    assert found["quote"]["price"]["amount_micros"] == 4 * 84_000
    assert gateway.get("/v1/balance").json == before
    assert all(task["prompt"] != BODY["prompt"] for task in gateway.get("/v1/tasks?limit=100").json["data"])

    made = gateway.post(TASKS, BODY, headers={"X-Reelgate-Quote": found["quote"]["id"]})
    assert made.status == 200
    gateway.post(f"/v1/tasks/{made.json['id']}/cancel")


def test_each_shot_has_a_still_behind_a_signed_link(gateway: Server) -> None:
    found = asked(gateway, BODY)["storyboard"]["stills"]
    assert [still["shot"] for still in found] == [1, 2]

    answers: list[Reply] = [gateway.get(still["url"], key=None) for still in found]

    assert [answer.headers["content-type"] for answer in answers] == ["image/webp"] * 2
    assert [Image.open(io.BytesIO(answer.body)).size for answer in answers] == [(480, 270)] * 2
    url = str(found[0]["url"])
    for wrong in (url.replace("still-1", "still-2"), url.replace("still-1", "still-9"), url[:-1] + "x"):
        assert gateway.get(wrong, key=None).status == 404


@pytest.mark.parametrize(("path", "body"), PLAIN, ids=[path for path, _ in PLAIN])
def test_every_dialect_is_previewed(gateway: Server, path: str, body: dict[str, Any]) -> None:
    found = asked(gateway, body, path)
    assert found["accepted"], found["refusals"]
    assert [who["kind"] for who in found["storyboard"]["shots"][0]["subjects"]] == ["cat"]
    assert found["quote"]["price"]["amount_micros"] > 0


def test_pictures_and_clips_are_previewed_as_the_engine_would_begin(gateway: Server, inputs: Inputs) -> None:
    head, tail, clip = (inputs.url(name) for name in ("head.png", "tail.png", "source-video.mp4"))
    one = drawn(gateway, {"model": "animatic", "prompt": "slow push in", "image": head})
    assert (one["mode"], one["storyboard"]["shots"][0]["camera"]["move"]) == ("image", "push")
    red, green, blue = tone(stills(one)[0])
    assert red > blue + 60

    two = drawn(gateway, {"model": "animatic", "prompt": "a disc", "image": head, "last_image": tail})
    assert (two["mode"], two["storyboard"]["drawn_from"]) == ("frames", "request"), two["refusals"]
    ends = [tone(still) for still in stills(two)]
    assert ends[0][0] > ends[0][2] + 60
    assert ends[1][2] > ends[1][0] + 60

    edit = drawn(gateway, {"model": "animatic", "prompt": "make it black and white", "video": clip})
    assert edit["mode"] == "edit"
    assert edit["storyboard"]["not_done"]
    red, green, blue = tone(stills(edit)[0])
    assert max(red, green, blue) - min(red, green, blue) < 24

    shown = drawn(gateway, {"model": "animatic", "prompt": "a meadow", "images": [head]})
    assert (shown["mode"], len(stills(shown))) == ("reference", 1)


@pytest.mark.parametrize(
    ("mode", "dialect", "model", "names"),
    [
        ("image", "dashscope", "wan2.7-i2v", {"image": "head.png"}),
        ("image", "anyfast", "happyhorse-1.0-i2v", {"image": "head.png"}),
        ("frames", "vidu", "viduq3-pro", {"image": "head.png", "last_image": "tail.png"}),
        ("frames", "uniall", "viduq3p-720p", {"image": "head.png", "last_image": "tail.png"}),
        ("reference", "ark", "doubao-seedance-2-0-260128", {"images": ["head.png"]}),
        ("edit", "openai", "animatic", {"video": "source-video.mp4"}),
        ("edit", "dashscope", "wan2.7-videoedit", {"video": "source-video.mp4"}),
        ("extend", "new_api", "animatic", {"first_clip": "source-video.mp4"}),
    ],
)
def test_an_input_is_previewed_alike_in_every_api(
    gateway: Server, inputs: Inputs, mode: str, dialect: str, model: str, names: dict[str, Any]
) -> None:
    """A preview in a seller's words has the very pictures of one in the house's."""
    given = {
        key: list(map(inputs.url, one)) if isinstance(one, list) else inputs.url(one) for key, one in names.items()
    }
    house = {"model": model, "prompt": "snow falls, slow push in", "seed": 5, **given}
    parsed = by_name(HOUSE).parse(Call("/v1/tasks", {}, house), CATALOG)
    said = worded(dialect, check(parsed.model, parsed.request, parsed.names), parsed.model, CATALOG)
    assert said.why_not == ""
    own, other = drawn(gateway, house), drawn(gateway, said.body, said.path)
    assert (own["mode"], other["mode"]) == (mode, mode)
    assert other["storyboard"]["drawn_from"] == "request", other["refusals"]
    assert stills(other) == stills(own) != []


def test_what_would_be_refused_is_told_and_the_words_are_drawn_all_the_same(gateway: Server, inputs: Inputs) -> None:
    found = asked(gateway, {**BODY, "duration": 99})
    assert (found["accepted"], found["quote"]) == (False, None)
    assert [refusal["param"] for refusal in found["refusals"]] == ["duration"]
    assert found["refusals"][0]["allowed"] == "whole seconds from 2 to 15"
    assert found["storyboard"]["drawn_from"] == "words"
    assert len(found["storyboard"]["shots"]) == 2

    thin = {"model": "seedance-2.0-mini", "prompt": "a cat", "image": inputs.url("thin.png"), "duration": 4}
    found = arrived(gateway, thin)
    assert [refusal["code"] for refusal in found["refusals"]] == ["invalid_media"]
    assert found["storyboard"]["drawn_from"] == "words"

    found = asked(gateway, {"model": "no-such-model", "prompt": "a cat"})
    assert ([refusal["code"] for refusal in found["refusals"]], found["storyboard"]) == (["model_not_found"], None)


def test_an_edit_that_names_no_model_and_a_remix_are_previewed(gateway: Server) -> None:
    made = gateway.post("/v1/videos", {"model": "sora-2", "prompt": "a cat", "seconds": "4"}).json["id"]
    for path, body in (
        (f"/v1/videos/{made}/remix", {"prompt": "a dog runs"}),
        ("/v1/videos/edits", {"prompt": "make it snow", "video": {"id": made}}),
    ):
        found = asked(gateway, body, path)
        assert found["object"] == "preview"
        assert found["storyboard"] is not None or found["refusals"]
    missing = {"path": "/v1/videos/video_gone/remix", "body": {"prompt": "a dog"}}
    assert gateway.post("/v1/previews", missing).status == 404
    gateway.post(f"/v1/tasks/{made}/cancel")


def test_a_key_that_may_not_spend_sees_why(gateway: Server) -> None:
    project = gateway.post("/admin/v1/projects", {"name": "poor", "floor_micros": 0}).json["id"]
    key = gateway.post("/admin/v1/keys", {"name": "a", "project_id": project, "models": ["viduq3*"]}).json["secret"]
    found = gateway.post("/v1/previews", {"path": TASKS, "body": BODY}, key=key).json
    assert [refusal["code"] for refusal in found["refusals"]] == ["model_not_allowed", "insufficient_funds"]
    assert found["quote"]["price"]["amount_micros"] == 4 * 84_000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "path"),
        ({"path": "/v1/quotes", "body": {}}, "path"),
        ({"path": TASKS}, "body"),
        ({"path": TASKS, "body": BODY, "inline": "yes"}, "inline"),
    ],
)
def test_what_is_no_create_is_refused(gateway: Server, body: dict[str, Any], field: str) -> None:
    answer = gateway.post("/v1/previews", body)
    assert (answer.status, answer.json["error"]["param"]) == (400, field)


def test_only_who_may_create_may_preview_and_only_so_often(gateway: Server) -> None:
    project = gateway.post("/admin/v1/projects", {"name": "readers"}).json["id"]
    asking = {"path": TASKS, "body": BODY}
    reader = gateway.post("/admin/v1/keys", {"name": "r", "project_id": project, "scopes": ["read"]}).json["secret"]
    assert gateway.post("/v1/previews", asking, key=reader).status == 403
    assert gateway.post("/v1/previews", asking, key=None).status == 401
    slow = {"name": "s", "project_id": project, "creates_per_minute": 2}
    key = gateway.post("/admin/v1/keys", slow).json["secret"]
    assert [gateway.post("/v1/previews", asking, key=key).status for _ in range(3)] == [201, 201, 429]


def test_the_command_and_the_client_show_it(gateway: Server, tmp_path: Path) -> None:
    server = {"REELGATE_URL": gateway.url, "REELGATE_KEY": gateway.key}
    page = tmp_path / "strip.html"
    for body in (BODY, {**BODY, "prompt": "a cat", "duration": 99}):
        drawn(gateway, body)  # so that it does not hang on this machine's speed how many stills there are in time
    done = run("preview", BODY["prompt"], "--model", "wan2.7-t2v", "--duration", "4", "-o", str(page), **server)
    assert done.returncode == 0, done.stderr
    for words in ("shot 2", "grassland", "虚幻引擎", "0.336 USD"):
        assert words in done.stdout
    assert page.read_text().count("data:image/webp;base64,") == 2

    refused = run("preview", "a cat", "--model", "wan2.7-t2v", "--duration", "99", "-o", str(tmp_path / "s"), **server)
    assert refused.returncode == 1
    assert "duration is 99" in refused.stdout
    assert (tmp_path / "s" / "still-1.webp").read_bytes()[8:12] == b"WEBP"

    with Reelgate(gateway.url, key=gateway.key) as reelgate:
        assert reelgate.preview(**BODY)["storyboard"]["seconds"] == 4.0
