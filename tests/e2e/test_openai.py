"""OpenAI's videos API as its clients use it: forms and JSON, polls, lists, content, remixes, deletes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.held import begun, held
from tests.e2e.server import Reply, Server, serving
from tests.e2e.video import look_at

VIDEOS = "/v1/videos"
SMALL = {"model": "viduq3t-540p", "prompt": "一只猫在草地上奔跑", "seconds": "1"}
BOUNDARY = "reelgate-test-boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(fields: Mapping[str, str | bytes]) -> bytes:
    """Return a form as the official client writes it: bytes are a file without a name of its own."""
    body = b""
    for name, value in fields.items():
        is_file = isinstance(value, bytes)
        file = '; filename="upload"\r\nContent-Type: application/octet-stream' if is_file else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def create(gateway: Server, fields: Mapping[str, str | bytes]) -> Reply:
    """Create a video by a form."""
    return gateway.post(VIDEOS, raw=form(fields), headers=FORM)


def made(gateway: Server, created: Reply) -> Any:
    """Wait for a video's end and return it."""
    assert created.status == 200, created.body
    found = gateway.until(f"{VIDEOS}/{created.json['id']}", lambda video: video["status"] in ("completed", "failed"))
    assert found["status"] == "completed", found
    return found


def measured(file: Path, reply: Reply) -> tuple[int, int]:
    """Return width and height of a video that was fetched."""
    file.write_bytes(reply.body)
    seen = look_at(file)
    return seen.width, seen.height


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that accepts videos and makes none."""
    with serving(tmp_path_factory.mktemp("idle") / "data", "--workers", "0") as server:
        yield server


@pytest.fixture(scope="module")
def video(gateway: Server) -> Any:
    return made(gateway, create(gateway, SMALL))


def test_a_form_makes_a_video_and_json_makes_the_same(gateway: Server, video: Any, tmp_path: Path) -> None:
    other = made(gateway, gateway.post(VIDEOS, {**SMALL, "seconds": 1, "size": "528x960"}))

    assert (video["seconds"], video["size"], other["seconds"], other["size"]) == ("1", "960x528", "1", "528x960")
    assert (video["object"], video["progress"], video["error"]) == ("video", 100, None)
    assert video["prompt"] == SMALL["prompt"]
    assert video["created_at"] <= video["completed_at"]
    assert measured(tmp_path / "a.mp4", gateway.get(other["metadata"]["url"], key=None)) == (528, 960)


def test_a_video_that_is_being_made_says_when_to_ask_again(idle: Server) -> None:
    created = create(idle, SMALL)
    asked = idle.get(f"{VIDEOS}/{created.json['id']}")

    assert created.json["status"] == asked.json["status"] == "queued"
    assert int(asked.headers["openai-poll-after-ms"]) > 0
    assert idle.call("DELETE", f"{VIDEOS}/{created.json['id']}").status == 200


def test_an_end_has_no_time_to_ask_again(gateway: Server, video: Any) -> None:
    assert "openai-poll-after-ms" not in gateway.get(f"{VIDEOS}/{video['id']}").headers


@pytest.mark.parametrize(
    ("variant", "kind", "begins"),
    [
        ("", "video/mp4", b"ftyp"),
        ("?variant=video", "video/mp4", b"ftyp"),
        ("?variant=thumbnail", "image/webp", b"WEBP"),
        ("?variant=spritesheet", "image/jpeg", b"JFIF"),
    ],
)
def test_content_is_read_under_the_key(gateway: Server, video: Any, variant: str, kind: str, begins: bytes) -> None:
    address = f"{VIDEOS}/{video['id']}/content{variant}"
    whole = gateway.get(address, headers={"Accept": "application/binary"})
    part = gateway.get(address, headers={"Range": "bytes=4-11"})

    assert (whole.status, whole.headers["content-type"]) == (200, kind)
    assert begins in whole.body[4:12]
    assert (part.status, part.body) == (206, whole.body[4:12])
    assert part.headers["content-range"] == f"bytes 4-11/{len(whole.body)}"
    assert gateway.call("HEAD", address).headers["content-length"] == str(len(whole.body))
    assert gateway.get(address, key=None).status == 401
    assert gateway.get(address, key="sk-wrong").status == 401


def test_content_that_is_not_there_is_refused(gateway: Server, idle: Server, video: Any) -> None:
    created = create(idle, SMALL).json["id"]
    early = idle.get(f"{VIDEOS}/{created}/content")
    wrong = gateway.get(f"{VIDEOS}/{video['id']}/content?variant=audio")

    assert (early.status, early.json["error"]["code"]) == (404, "file_not_found")
    assert "once it is completed" in early.json["error"]["message"]
    assert (wrong.status, wrong.json["error"]["param"]) == (400, "variant")
    assert gateway.get(f"{VIDEOS}/video_none/content").status == 404


def test_a_file_in_a_form_is_the_first_frame(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    picture = inputs.files["source.png"].read_bytes()
    found = made(gateway, create(gateway, {**SMALL, "input_reference": picture}))

    wide, high = (int(side) for side in found["size"].split("x"))
    assert wide < high
    assert measured(tmp_path / "a.mp4", gateway.get(f"{VIDEOS}/{found['id']}/content")) == (wide, high)


def test_a_reference_may_be_an_address(gateway: Server, inputs: Inputs) -> None:
    url = inputs.url("source.png")
    in_form = made(gateway, create(gateway, {**SMALL, "input_reference[image_url]": url, "metadata[seed]": "7"}))
    in_json = made(gateway, gateway.post(VIDEOS, {**SMALL, "input_reference": {"image_url": url}, "seed": 7}))

    assert in_form["size"] == in_json["size"]
    assert gateway.get(f"/v1/tasks/{in_form['id']}").json["seed"] == 7


def test_a_large_file_in_a_form_is_read_beside_the_loop_and_judged(gateway: Server) -> None:
    refused = create(gateway, {**SMALL, "input_reference": b"\0" * 2**20})

    assert (refused.status, refused.json["error"]["param"]) == (400, "input_reference")


def test_a_list_pages_both_ways(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        ids = [create(gateway, SMALL).json["id"] for _ in range(5)]

        seen: list[str] = []
        after = ""
        while page := gateway.get(f"{VIDEOS}?limit=2{after}").json:
            seen += [video["id"] for video in page["data"]]
            assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][-1]["id"])
            after = f"&after={page['last_id']}"
            if not page["has_more"]:
                break
        oldest = gateway.get(f"{VIDEOS}?order=asc&limit=4").json
        none = gateway.get(f"{VIDEOS}?limit=0").json
        refusals = [gateway.get(f"{VIDEOS}?{query}") for query in ("limit=101", "limit=x", "order=up", "after=video_x")]

    assert seen == ids[::-1]
    assert ([video["id"] for video in oldest["data"]], oldest["has_more"]) == (ids[:4], True)
    assert none == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    assert [refused.status for refused in refusals] == [400, 400, 400, 404]


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_a_list_goes_on_behind_a_video_that_was_deleted(order: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        ids = [create(gateway, SMALL).json["id"] for _ in range(3)]
        first = gateway.get(f"{VIDEOS}?limit=2&order={order}").json
        for video in first["data"]:
            assert gateway.call("DELETE", f"{VIDEOS}/{video['id']}").status == 200
        rest = gateway.get(f"{VIDEOS}?limit=2&order={order}&after={first['last_id']}")

    seen = [video["id"] for video in (*first["data"], *rest.json["data"])]
    assert (seen, rest.json["has_more"]) == (ids if order == "asc" else ids[::-1], False)


def test_a_remix_orders_the_video_anew_with_another_prompt(gateway: Server, video: Any) -> None:
    address = f"{VIDEOS}/{video['id']}/remix"
    created = gateway.post(address, {"prompt": "一只狗在沙滩上奔跑", "style": "x"})
    remix = made(gateway, created)
    tasks = [gateway.get(f"/v1/tasks/{one['id']}").json for one in (video, remix)]

    assert (created.json["remixed_from_video_id"], created.json["prompt"]) == (video["id"], "一只狗在沙滩上奔跑")
    assert created.headers["x-reelgate-unknown-fields"] == "style"
    assert remix["remixed_from_video_id"] == video["id"]
    assert (remix["seconds"], remix["size"]) == (video["seconds"], video["size"])
    assert tasks[0]["seed"] == tasks[1]["seed"]
    assert gateway.post(address, {}).json["error"]["param"] == "prompt"
    assert gateway.post(f"{VIDEOS}/video_x/remix", {"prompt": "x"}).status == 404


def test_a_create_that_names_a_video_to_remix_is_a_remix_of_it(gateway: Server, video: Any) -> None:
    body = {"model": video["model"], "prompt": "一只猫在码头上", "remix_video_id": video["id"]}
    created = gateway.post(VIDEOS, body)
    quote = gateway.post("/v1/quotes", {"path": VIDEOS, "body": body})
    nobody = gateway.post(VIDEOS, {**body, "remix_video_id": "video_x"})
    number = gateway.post(VIDEOS, {**body, "remix_video_id": 7})
    elsewhere = gateway.post("/v1/video/generations", {**body, "duration": 1})

    assert (created.status, created.json["remixed_from_video_id"]) == (200, video["id"]), created.body
    assert "x-reelgate-unknown-fields" not in created.headers
    price = gateway.get(f"/v1/tasks/{created.json['id']}").json["price"]["amount_micros"]
    assert quote.json["price"]["amount_micros"] == price
    assert nobody.status == 404
    assert (number.status, number.json["error"]["param"]) == (400, "remix_video_id")
    assert (elsewhere.status, "remix_video_id" in elsewhere.json["error"]["message"]) == (400, True)


def test_a_remix_sent_twice_under_one_key_is_one_video(gateway: Server, video: Any) -> None:
    address, once = f"{VIDEOS}/{video['id']}/remix", {"Idempotency-Key": "remix-1"}
    first, again = (gateway.post(address, {"prompt": "夜里的港口"}, headers=once) for _ in range(2))
    other = gateway.post(address, {"prompt": "a harbour at noon"}, headers=once)

    assert first.json == again.json
    assert again.headers["x-reelgate-replayed"] == "true"
    assert 400 <= other.status < 500


def test_a_remix_is_quoted_as_every_create_and_takes_its_quote(gateway: Server, video: Any) -> None:
    address, body = f"{VIDEOS}/{video['id']}/remix", {"prompt": "一只猫在码头上"}
    quote = gateway.post("/v1/quotes", {"path": address, "body": body})
    pinned = {"X-Reelgate-Quote": quote.json["id"]}
    other = gateway.post(address, {"prompt": "一只狗在码头上"}, headers=pinned)
    remix = gateway.post(address, body, headers=pinned)
    price = gateway.get(f"/v1/tasks/{remix.json['id']}").json["price"]["amount_micros"]
    nowhere = gateway.post("/v1/quotes", {"path": f"{VIDEOS}/video_x/remix", "body": body})
    refused = gateway.post("/v1/quotes", {"path": address, "body": {}})

    assert (quote.status, quote.json["model"]) == (201, video["model"])
    assert (other.status, "another request" in other.json["error"]["message"]) == (400, True)
    assert (remix.status, price) == (200, quote.json["price"]["amount_micros"])
    assert nowhere.status == 404
    assert (refused.status, refused.json["error"]["param"]) == (400, "prompt")


def test_an_edit_that_leaves_its_model_open_is_quoted_as_it_is_made(gateway: Server) -> None:
    source = made(gateway, create(gateway, {**SMALL, "model": "animatic"}))
    body = {"prompt": "把画面变成黑白", "video": {"id": source["id"]}}
    quote = gateway.post("/v1/quotes", {"path": f"{VIDEOS}/edits", "body": body})
    edit = gateway.post(f"{VIDEOS}/edits", body, headers={"X-Reelgate-Quote": quote.json.get("id", "")})

    assert (quote.status, quote.json["model"], quote.json["dimensions"]["mode"]) == (201, "animatic", "edit")
    assert (edit.status, edit.json["model"]) == (200, "animatic")


def test_a_finished_video_is_edited_by_its_id(gateway: Server, inputs: Inputs) -> None:
    source = made(gateway, create(gateway, {**SMALL, "model": "viduq3t-720p", "seconds": "3", "size": "720x1280"}))
    body = {
        "model": "happy-horse-edit-720p",
        "prompt": "把画面变成黑白",
        "video": {"id": source["id"]},
        "images": [inputs.url("source.png")],
        "seconds": "3",
    }
    edited = made(gateway, gateway.post(f"{VIDEOS}/edits", body))
    refusals = [
        gateway.post(f"{VIDEOS}/edits", {**body, **change})
        for change in ({"video": {"id": "video_none"}}, {"video": None}, {"model": SMALL["model"]})
    ]

    assert (edited["remixed_from_video_id"], edited["size"]) == (source["id"], "720x1280")
    assert [(refused.status, refused.json["error"]["param"]) for refused in refusals] == [(400, "video")] * 3


def test_a_remix_of_an_edit_edits_the_finished_video(gateway: Server, inputs: Inputs) -> None:
    body: dict[str, str | bytes] = {
        "model": "happy-horse-edit-720p",
        "prompt": "把天空变成紫色",
        "seconds": "3",
        "input_reference": inputs.files["source-video.mp4"].read_bytes(),
        "images": inputs.url("source.png"),
    }
    edited = made(gateway, create(gateway, body))
    remix = made(gateway, gateway.post(f"{VIDEOS}/{edited['id']}/remix", {"prompt": "再暗一些"}))

    assert remix["size"] == edited["size"]
    assert gateway.get(f"/v1/tasks/{remix['id']}").json["mode"] == "edit"


def test_only_a_completed_video_is_remixed(idle: Server) -> None:
    created = create(idle, SMALL).json["id"]
    refused = idle.post(f"{VIDEOS}/{created}/remix", {"prompt": "x"})

    assert (refused.status, refused.json["error"]["param"]) == (400, "id")


def test_a_delete_removes_a_video_in_any_state(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as gateway:
        done = made(gateway, create(gateway, SMALL))["id"]
        with held(gateway):
            running = begun(gateway, SMALL, VIDEOS)
            assert gateway.get(f"{VIDEOS}/{running}").json["status"] == "in_progress"
            for task in (done, running):
                deleted = gateway.call("DELETE", f"{VIDEOS}/{task}")
                assert (deleted.status, deleted.json) == (200, {"id": task, "object": "video.deleted", "deleted": True})
                for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
                    assert gateway.call(method, f"{VIDEOS}/{task}{path}").status == 404


def test_a_task_of_another_api_is_a_video_here_and_one_of_uniall_stays_in_its_words(gateway: Server) -> None:
    body = {"model": "happyhorse-1.0-t2v", "prompt": "风中的树", "duration": 3, "resolution": "720P"}
    anyfast = gateway.post("/v1/video/generations", body).json["id"]
    uniall = gateway.post("/v1/videos/generations", {"model": "viduq3t-540p", "prompt": "风", "duration": 1}).json["id"]

    assert gateway.get(f"{VIDEOS}/{anyfast}").json["object"] == "video"
    assert gateway.get(f"{VIDEOS}/{uniall}").json["object"] == "video.generation.job"
    assert gateway.get(f"/v1/tasks/{anyfast}").json["dialect"] == "anyfast"
    for task in (anyfast, uniall):
        assert gateway.call("DELETE", f"{VIDEOS}/{task}").status == 200


@pytest.mark.parametrize(
    ("fields", "status", "param", "words"),
    [
        ({**SMALL, "model": "sora-1"}, 404, "model", "catalog"),
        ({**SMALL, "seconds": "99"}, 400, "seconds", "1 to 16"),
        ({**SMALL, "size": "1280x720"}, 400, "size", "960x528"),
        ({**SMALL, "input_reference[file_id]": "file-1"}, 400, "input_reference.file_id", "not an asset"),
        ({**SMALL, "prompt": ""}, 400, "prompt", "required"),
    ],
)
def test_a_wrong_form_is_refused_in_openais_shape(
    gateway: Server, fields: Mapping[str, str], status: int, param: str, words: str
) -> None:
    refused = create(gateway, fields)

    assert (refused.status, refused.json["error"]["param"]) == (status, param), refused.body
    assert set(refused.json["error"]) == {"message", "type", "code", "param"}
    assert words in refused.json["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", form(SMALL)[:-10], b"--" + BOUNDARY.encode() + b"\r\n\r\n", b"prompt=x", json.dumps([SMALL]).encode()],
)
def test_a_broken_form_is_the_clients_mistake(gateway: Server, body: bytes) -> None:
    refused = gateway.post(VIDEOS, raw=body, headers=FORM)

    assert (refused.status, refused.json["error"]["code"]) == (400, "invalid_json")


def test_what_is_not_built_says_so(gateway: Server) -> None:
    refused = gateway.post(f"{VIDEOS}/sync", {"prompt": "x"})
    assert (refused.status, "/content" in refused.json["error"]["message"]) == (404, True)
    assert "is it POST /v1/videos/generations" in gateway.post("/v1/videos/generation", {}).json["error"]["message"]
    assert gateway.post(f"{VIDEOS}/video_0VcMzSgmN4aBcDeFgHiJkLmNoPqRsTuV", {}).status == 405
