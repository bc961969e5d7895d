"""What programs in Java, Go and Rust, and gateways in front, send: the bytes that they send, and what is made of it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from reelgate.testing.media_server import MediaServer
from tests.e2e.conftest import Inputs
from tests.e2e.inputs import serve_inputs
from tests.e2e.server import Server, serving
from tests.wire.player import Heard, Part, Sent, play, post_form, post_json

VIDEOS, EDITS = "/v1/videos", "/v1/videos/edits"
GENERATIONS = "/v1/video/generations"
DASHSCOPE = "/api/v1/services/aigc/video-generation/video-synthesis"
ARK = "/api/v3/contents/generations/tasks"
ASYNC = ("X-DashScope-Async", "enable")
OCTETS = "application/octet-stream"
H2C = (
    ("Connection", "Upgrade, HTTP2-Settings"),
    ("Upgrade", "h2c"),
    ("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"),
)
PIXELS = re.compile(r"\d+x\d+")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inputs]:
    with MediaServer() as server:
        yield Inputs(serve_inputs(tmp_path_factory.mktemp("inputs"), server), server)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that only answers: nothing that the tests order is drawn."""
    with serving(tmp_path_factory.mktemp("wire") / "data", "--workers", "0", "--allow-private-media") as server:
        yield server


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--workers", "2", "--allow-private-media", "--edit-model", "happyhorse-1.0-video-edit")
    with serving(tmp_path_factory.mktemp("works") / "data", *options) as server:
        yield server


class Desk:
    """Plays requests at the gateway and reports their outcomes."""

    def __init__(self, gateway: Server, inputs: Inputs) -> None:
        self.gateway = gateway
        self.inputs = inputs
        self.url = inputs.url

    def bytes(self, name: str) -> bytes:
        return self.inputs.files[name].read_bytes()

    def play(self, sent: Sent) -> Heard:
        heard = play(self.gateway.url, self.gateway.key, sent)
        assert not heard.unasked, heard.unasked
        assert heard.headers.get("x-request-id"), heard.headers
        return heard

    def made(self, sent: Sent, **wanted: Any) -> Heard:
        """Play a create; the task is as wanted."""
        heard = self.play(sent)
        assert heard.status == 200, heard.body
        task = self.gateway.get(f"/v1/tasks/{heard.id}").json
        assert {name: task[name] for name in wanted} == wanted
        return heard

    def refused(self, sent: Sent, status: int, *words: str) -> Heard:
        heard = self.play(sent)
        assert heard.status == status, heard.body
        text = heard.body.decode()
        assert [word for word in words if word not in text] == [], text
        return heard

    def ended(self, task_id: str) -> Any:
        return self.gateway.until(f"/v1/tasks/{task_id}", lambda task: task["finished_at"], seconds=600)


@pytest.fixture
def desk(gateway: Server, inputs: Inputs) -> Desk:
    return Desk(gateway, inputs)


@pytest.fixture
def studio(working: Server, inputs: Inputs) -> Iterator[Desk]:
    """A gateway that draws, and has an edit model. What a test leaves in its line is called off."""
    yield Desk(working, inputs)
    working.call_off(begun=True)


def fields(**values: str) -> list[Part]:
    return [Part(name, value) for name, value in values.items()]


SMALL = {"model": "viduq3t-540p", "prompt": "海边的灯塔", "seconds": "1"}


@pytest.mark.parametrize("pieces", [0, 1, 3])
@pytest.mark.parametrize("apart", [False, True])
def test_an_offer_of_http_2_in_clear_text_is_no_part_of_the_request(desk: Desk, pieces: int, apart: bool) -> None:
    desk.made(post_json(VIDEOS, SMALL, *H2C, pieces=pieces, apart=apart), mode="text", duration=1)
    native = {"model": "viduq3-turbo", "prompt": "海边的灯塔", "duration": 1, "resolution": "540p"}
    desk.made(post_json("/ent/v2/text2video", native, *H2C, pieces=pieces, apart=apart), prompt="海边的灯塔")


@pytest.mark.parametrize("kind", [OCTETS, "image/png", ""])
@pytest.mark.parametrize("filename", [None, "图 片%22.png", "anonymous_file"])
@pytest.mark.parametrize("counted", [False, True])
def test_a_part_with_a_picture_is_a_file_whatever_it_is_called(
    desk: Desk, kind: str, filename: str | None, counted: bool
) -> None:
    picture = Part("input_reference", desk.bytes("source.png"), filename, kind, counted)

    heard = desk.made(post_form(VIDEOS, [*fields(**SMALL), picture], pieces=2 * counted), mode="image", duration=1)

    assert heard.json["seconds"] == "1"
    wide, high = (int(side) for side in heard.json["size"].split("x"))
    assert wide < high  # as the picture is


@pytest.mark.parametrize("kind", [OCTETS, "text/plain; charset=utf-8"])
def test_an_address_in_a_part_of_any_type_is_a_text(desk: Desk, kind: str) -> None:
    address = Part("input_reference[image_url]", desk.url("source.png"), None, kind)

    heard = desk.made(post_form(VIDEOS, [*fields(**SMALL), address]), mode="image")

    assert PIXELS.fullmatch(heard.json["size"])


def test_size_and_seconds_are_there_from_the_first_answer_to_the_last(studio: Desk) -> None:
    picture = Part("input_reference", studio.bytes("source.png"), "a.png", OCTETS)
    created = studio.made(post_form(VIDEOS, [*fields(**SMALL), picture]), mode="image").json
    broken = studio.play(post_json(VIDEOS, {**SMALL, "image": studio.url("not-there.png")}))
    listed = studio.play(Sent("GET", f"{VIDEOS}?limit=20")).json["data"]
    studio.ended(created["id"])
    done = studio.play(Sent("GET", f"{VIDEOS}/{created['id']}")).json

    assert done["status"] == "completed"
    assert (created["size"], created["seconds"]) == (done["size"], done["seconds"])
    assert all(PIXELS.fullmatch(one["size"]) and one["seconds"].isdecimal() for one in listed)
    assert broken.status == 400


def test_an_edit_takes_a_clip_in_every_form(desk: Desk) -> None:
    clip, model = desk.bytes("source-video.mp4"), "happyhorse-1.0-video-edit"
    edit = fields(prompt="黑白", model=model)

    for name in ("clip.mp4", None):
        heard = desk.made(post_form(EDITS, [*edit, Part("video", clip, name, OCTETS)]), mode="edit", model=model)
        assert heard.json["seconds"] == "4"  # as the clip is
        assert PIXELS.fullmatch(heard.json["size"])
    uniall = {"prompt": "黑白", "model": "happy-horse-edit-720p", "video": desk.url("source-video.mp4")}
    desk.made(post_json(VIDEOS, uniall), mode="edit")
    prompt = Part("prompt", "黑白")
    desk.made(post_form(EDITS, [prompt, Part("video", clip, None, OCTETS)]), mode="edit", model="sora-2")
    desk.refused(post_form(EDITS, [prompt, Part("video[id]", "video_x", None, OCTETS)]), 400, "video_x")


def test_a_finished_video_is_edited_by_its_id_also_without_a_model(studio: Desk) -> None:
    source = studio.made(post_json(VIDEOS, {**SMALL, "model": "viduq3t-720p", "seconds": "3"}), mode="text").id
    clip = Part("video", studio.bytes("source-video.mp4"), None, OCTETS)
    uniall = "happy-horse-edit-720p"
    edited = studio.made(post_form(EDITS, [*fields(prompt="黑白", model=uniall), clip]), mode="edit").id
    for task in (source, edited):
        assert studio.ended(task)["status"] == "completed"
    prompt = Part("prompt", "再暗一些")

    as_object = [prompt, Part("video[id]", source, None, OCTETS)]
    as_text = [*fields(prompt="x", model=uniall), Part("video", json.dumps({"id": source}))]

    assert studio.made(post_form(EDITS, as_object), model="happyhorse-1.0-video-edit").json["seconds"] == "3"
    studio.made(post_form(EDITS, as_text), model=uniall)
    studio.made(post_form(EDITS, [prompt, Part("video[id]", edited)]), model=uniall)


@pytest.mark.parametrize(
    ("path", "status", "field"), [("extensions", 400, "video_x"), ("characters", 400, "name"), ("sync", 404, "")]
)
def test_what_stands_beside_creates_says_what_it_lacks(desk: Desk, path: str, status: int, field: str) -> None:
    form = [*fields(prompt="on", seconds="4"), Part("video[id]", "video_x", None, OCTETS)]

    desk.refused(post_form(f"{VIDEOS}/{path}", form), status, field)


def dashscope(model: str, parameters: dict[str, Any], **given: Any) -> Sent:
    body = {"model": model, "input": {"prompt": "雪中的狐狸", "extend_prompt": True, **given}, "parameters": parameters}
    return post_json(DASHSCOPE, body, ASYNC)


@pytest.mark.parametrize("model", ["wan2.7-t2v", "happyhorse-1.0-t2v", "vidu/viduq3-turbo_text2video"])
def test_a_size_of_the_older_kind_is_read(desk: Desk, model: str) -> None:
    seconds = {"duration": 3, "with_audio": False}
    desk.made(dashscope(model, {**seconds, "size": "1280*720"}), resolution="720p", ratio="16:9", duration=3)
    desk.made(dashscope(model, {**seconds, "size": "720*1280"}), resolution="720p", ratio="9:16")
    desk.refused(dashscope(model, {**seconds, "size": "1*1"}), 400, "InvalidParameter", "parameters.size")


def test_a_voice_and_a_description_as_the_java_client_spells_them(studio: Desk) -> None:
    item = {"type": "reference_image", "url": studio.url("source.png"), "referenceVoice": studio.url("voice.wav")}
    named = {**item, "referenceDescription": "a fox"}

    heard = studio.made(dashscope("wan2.7-r2v", {"duration": 2, "size": "1280*720"}, media=[named]), mode="reference")
    done = studio.ended(heard.id)

    assert "reference" not in heard.headers.get("x-reelgate-unknown-fields", "")
    assert done["has_audio"]


def test_a_request_id_is_on_every_answer_and_arks_clients_read_their_own(desk: Desk) -> None:
    mine = ("X-Client-Request-Id", "20261129000000abcdefghijklmnopqrst")
    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "a cat --rs 480p --dur 2"}]}
    created = desk.made(post_json(ARK, body, mine), resolution="480p", duration=2, prompt="a cat")
    asked = desk.play(Sent("GET", f"{ARK}/{created.id}", (mine,)))
    refused = desk.play(post_json(ARK, {"model": "doubao-seedance-1-0-pro-250528"}, mine))

    assert [heard.headers.get("x-client-request-id") for heard in (created, asked, refused)] == [mine[1]] * 3


def test_a_second_try_that_marks_itself_is_the_first(desk: Desk) -> None:
    mine = ("X-Client-Request-Id", "20261129000000zyxwvutsrqponmlkjihg")
    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "a storm"}], "duration": 2}
    counted = fields(**SMALL, size="960x540")

    assert desk.play(post_json(ARK, body, mine)).id == desk.play(post_json(ARK, body, mine)).id
    tries = [desk.play(post_form(VIDEOS, counted, ("X-Stainless-Retry-Count", number))).id for number in ("0", "1")]
    assert tries[0] == tries[1]


@pytest.mark.parametrize("target", [VIDEOS, GENERATIONS])
def test_a_packed_body_is_unpacked(desk: Desk, target: str) -> None:
    body = {**SMALL, "duration": 1}
    plain = post_json(target, body, ("Content-Encoding", "gzip"))

    desk.made(plain._replace(body=gzip.compress(plain.body)), mode="text", duration=1)


UNIVERSAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"model": "wan2.7-t2v", "size": "1280*720", "duration": 2},
        {"resolution": "720p", "ratio": "16:9", "duration": 2},
    ),
    ({"model": "wan2.7-i2v", "image": "A", "size": "720P", "duration": 2}, {"mode": "image", "resolution": "720p"}),
    ({"model": "wan2.7-i2v", "images": ["A"], "size": "720P", "seconds": "2"}, {"mode": "image", "duration": 2}),
    ({"model": "viduq3-turbo", "images": ["A", "B"], "size": "540p", "duration": 1}, {"mode": "frames"}),
    ({"model": "viduq2", "images": ["A", "B", "A"], "size": "540p", "duration": 2}, {"mode": "reference"}),
    ({"model": "viduq3-turbo", "image": "RAW", "size": "540p", "duration": 1}, {"mode": "image"}),
    (
        {"model": "viduq3-turbo", "image": {"url": "A"}, "images": ["A"], "seconds": "1.0"},
        {"mode": "image", "duration": 1},
    ),
    (
        {"model": "doubao-seedance-1-0-pro-250528", "seconds": "2", "metadata": {"ratio": "1:1", "resolution": "480p"}},
        {"resolution": "480p", "ratio": "1:1", "duration": 2},
    ),
    (
        {
            "model": "doubao-seedance-1-0-pro-250528",
            "seconds": "2",
            "metadata": {"content": [{"type": "image_url", "image_url": {"url": "A"}, "role": "first_frame"}]},
        },
        {"mode": "image", "duration": 2},
    ),
    (
        {
            "model": "wan2.7-t2v",
            "duration": 2,
            "metadata": {
                "input": {"negative_prompt": "雨"},
                "parameters": {"ratio": "9:16", "resolution": "720P", "seed": 7},
            },
        },
        {"ratio": "9:16", "resolution": "720p", "seed": 7},
    ),
    ({"model": "viduq3t-540p", "seconds": "1"}, {"duration": 1, "mode": "text"}),
    ({"model": "viduq3t-540p", "size": "540x960", "duration": 1}, {"ratio": "9:16", "resolution": "540p"}),
    ({"model": "viduq3t-540p", "duration": 1, "input_reference": "A"}, {"mode": "image"}),
    (
        {"model": "happyhorse-1.0-t2v", "size": "720x1280", "seconds": "3"},
        {"resolution": "720p", "ratio": "9:16", "duration": 3},
    ),
    (
        {"model": "happyhorse-1.0-t2v", "width": 720, "height": 1280, "duration": "3", "fps": 24, "n": 1},
        {"ratio": "9:16"},
    ),
]


@pytest.mark.parametrize("target", [GENERATIONS, VIDEOS])
@pytest.mark.parametrize(("body", "wanted"), UNIVERSAL)
def test_new_apis_universal_shape(desk: Desk, target: str, body: dict[str, Any], wanted: dict[str, Any]) -> None:
    text = json.dumps({"prompt": "海边的灯塔", **body})
    text = text.replace('"A"', f'"{desk.url("head.png")}"').replace('"B"', f'"{desk.url("tail.png")}"')
    raw = base64.b64encode(desk.bytes("head.png")).decode()

    desk.made(post_json(target, json.loads(text.replace('"RAW"', f'"{raw}"'))), **wanted)


@pytest.mark.parametrize(
    ("target", "body", "words"),
    [
        (GENERATIONS, {"model": "happyhorse-1.0-t2v", "image": "A"}, ["image", "takes no first frame"]),
        (VIDEOS, {"model": "viduq3-turbo", "first_frame_url": "A"}, ["first_frame_url", "send it as image"]),
        (GENERATIONS, {"model": "viduq3t-540p", "duration": 1, "n": 2}, ["n is 2"]),
        (GENERATIONS, {"model": "viduq3t-540p", "duration": 1, "video_length": 8}, ["video_length", "send duration"]),
        ("/v1/tasks", {"model": "viduq3t-540p", "duration": 1, "extra": {"image_url": ["A"]}}, ["extra.image_url"]),
    ],
)
def test_what_would_make_another_video_is_refused(
    desk: Desk, target: str, body: dict[str, Any], words: list[str]
) -> None:
    text = json.dumps({"prompt": "海边的灯塔", **body}).replace('"A"', f'"{desk.url("head.png")}"')

    desk.refused(post_json(target, json.loads(text)), 400, *words)


def test_a_form_says_it_too(desk: Desk) -> None:
    stray = [*fields(**SMALL), Part("end_frame", desk.bytes("tail.png"), "tail.png", "image/png")]

    desk.refused(post_form(VIDEOS, stray), 400, "end_frame", "last_image")
    desk.refused(post_form(VIDEOS, [*fields(**SMALL), Part("options", '{"length": 8}')]), 400, "options.length")
