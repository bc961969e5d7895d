"""Names that stand for other models: a gateway with simulated vendors makes what was ordered, and says by whom."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from reelgate.testing import Simulator
from reelgate.testing.samples import clip
from tests.e2e.forms import form
from tests.e2e.server import Server, serving
from tests.e2e.video import Video, look_at
from tests.ports import reserved

CONFIG = """
[[account]]
kind = "dashscope"
key = "sk-dashscope"
base_url = "{dashscope}"
poll_seconds = 0.2

[[account]]
kind = "vidu"
key = "sk-vidu"
base_url = "{vidu}"
poll_seconds = 0.2

[standin."own-price"]
like = "sora-2"
models = ["viduq3-pro"]
price = {{ 720p = 77_000 }}
picture = "fit"

[standin."as-it-came"]
like = "sora-2"
models = ["viduq3-pro"]
file = "as_it_came"

[standin.sora-2-2025-10-06]
enabled = false
"""


class Desk(NamedTuple):
    """A gateway whose vendors are simulated."""

    server: Server
    simulator: Simulator
    folder: Path

    def order(self, **fields: Any) -> Any:
        answer = self.server.post("/v1/videos", {"prompt": "a cat on a wall", **fields})
        assert answer.status == 200, answer.body
        return answer

    def done(self, video_id: str) -> Any:
        found = self.server.until(f"/v1/videos/{video_id}", lambda seen: seen["status"] in ("completed", "failed"))
        assert found["status"] == "completed", found
        return found

    def film(self, video_id: str) -> Video:
        path = self.folder / f"{video_id}.mp4"
        path.write_bytes(self.server.get(f"/v1/videos/{video_id}/content").body)
        return look_at(path)

    def task(self, video_id: str) -> Any:
        return self.server.get(f"/v1/tasks/{video_id}").json


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("standins")
    with Simulator(job_seconds=0.2) as simulator, reserved() as port:
        config = folder / "reelgate.toml"
        config.write_text(CONFIG.format(**{kind: simulator.base_url(kind) for kind in ("dashscope", "vidu")}))
        options = ("--workers", "0", "--config", str(config), "--port", str(port))
        with serving(folder / "data", *options, "--public-url", f"http://127.0.0.1:{port}") as server:
            yield Desk(server, simulator, folder)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A gateway without any account."""
    folder = tmp_path_factory.mktemp("alone")
    with Simulator() as simulator, serving(folder / "data", "--workers", "2") as server:
        yield Desk(server, simulator, folder)


def picture(width: int, height: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(held, "PNG")
    return held.getvalue()


def with_picture(width: int, height: int, **fields: str) -> dict[str, Any]:
    """Return the options of a create as OpenAI's client sends it with a file."""
    begin = "--edge\r\nContent-Disposition: form-data; name="
    parts = [f'{begin}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'{begin}"input_reference"; filename="a.png"\r\n\r\n'
    raw = "".join(parts).encode() + head.encode() + picture(width, height) + b"\r\n--edge--\r\n"
    return {"raw": raw, "headers": {"Content-Type": "multipart/form-data; boundary=edge"}}


def test_a_create_that_names_no_model_is_made_by_the_first_of_the_list_and_says_so(desk: Desk) -> None:
    before = desk.server.get("/v1/balance").json["charged_micros"]
    quoted = desk.server.post("/v1/quotes", {"path": "/v1/videos", "body": {"prompt": "a cat on a wall"}}).json

    answer = desk.order()

    created = answer.json
    assert (created["model"], created["seconds"], created["size"]) == ("sora-2", "4", "720x1280")
    assert answer.headers["x-reelgate-made-with"] == "wan2.7-t2v"
    done = desk.done(created["id"])
    assert (done["model"], done["seconds"], done["size"]) == ("sora-2", "4", "720x1280")
    film = desk.film(created["id"])
    assert (film.width, film.height, film.seconds, film.audio) == (720, 1280, 4.0, "aac")
    task = desk.task(created["id"])
    assert (task["model"], task["made_with"], task["made_by"]) == ("sora-2", "wan2.7-t2v", "dashscope")
    assert quoted["made_with"] == "wan2.7-t2v"
    charged = desk.server.get("/v1/balance").json["charged_micros"] - before
    price = task["price"]
    assert price["charged_micros"] == price["amount_micros"] == quoted["price"]["amount_micros"] == charged == 336_000
    polled = desk.server.get(f"/v1/videos/{created['id']}")
    assert polled.headers["x-reelgate-made-with"] == "wan2.7-t2v"
    assert "sora-2" in desk.server.get("/v1/usage?group_by=model&format=csv").body.decode()
    assert [one["id"] for one in desk.server.get("/v1/tasks?model=sora-2").json["data"]] == [created["id"]]


def test_a_size_that_no_vendor_has_is_delivered_as_it_was_ordered(desk: Desk) -> None:
    created = desk.order(model="sora-2-pro", size="1792x1024", seconds=4).json

    done = desk.done(created["id"])

    assert created["size"] == done["size"] == "1792x1024"
    assert created["seconds"] == done["seconds"] == "4"
    film = desk.film(created["id"])
    assert (film.width, film.height, film.seconds) == (1792, 1024, 4.0)
    assert desk.task(created["id"])["notes"]["kept_as"] == "mp4, fitted"


def test_a_length_that_the_list_does_not_make_is_made_by_the_next_model_or_refused_at_create(desk: Desk) -> None:
    sixteen = desk.order(seconds="16")
    refused = desk.server.post("/v1/videos", {"prompt": "x", "seconds": "20", "model": "own-price"})

    assert sixteen.headers["x-reelgate-made-with"] == "viduq3-pro"
    assert refused.status == 400
    assert refused.json["error"]["param"] == "seconds"
    assert "4, 8, 12, 16 seconds on this server" in refused.json["error"]["message"]


def test_a_picture_of_another_shape_is_refused_in_the_words_of_the_api_or_fitted(desk: Desk) -> None:
    refused = desk.server.post("/v1/videos", **with_picture(600, 600, prompt="x"))
    taken = desk.server.post("/v1/videos", **with_picture(720, 1280, prompt="x"))
    fitted = desk.server.post("/v1/videos", **with_picture(600, 600, prompt="x", model="own-price"))

    assert refused.status == 400
    assert refused.json["error"]["message"].startswith("Inpaint image must match the requested width and height")
    assert taken.headers["x-reelgate-made-with"] == "wan2.7-i2v"
    assert fitted.json["size"] == "720x1280"


def test_an_operator_s_name_has_a_price_of_its_own_and_may_leave_files_as_they_came(desk: Desk) -> None:
    priced = desk.order(model="own-price", seconds=8).json
    left = desk.order(model="as-it-came").json

    assert desk.task(priced["id"])["price"]["amount_micros"] == 8 * 77_000
    assert desk.done(left["id"])["size"] == "720x1280"
    assert desk.film(left["id"]).width < 720
    assert desk.server.post("/v1/videos", {"prompt": "x", "model": "sora-2-2025-10-06"}).status == 404


def test_a_remix_goes_by_the_stand_in_again(desk: Desk) -> None:
    made = desk.server.get("/v1/tasks?model=sora-2&status=succeeded").json["data"][-1]

    remixed = desk.server.post(f"/v1/videos/{made['id']}/remix", {"prompt": "make it snow"})

    assert remixed.json["remixed_from_video_id"] == made["id"]
    assert remixed.json["model"] == "sora-2"
    assert remixed.headers["x-reelgate-made-with"] == "wan2.7-videoedit"


def test_without_an_account_the_built_in_engine_draws_the_very_pixels_for_nothing(alone: Desk) -> None:
    answer = alone.order()

    done = alone.done(answer.json["id"])
    assert answer.headers["x-reelgate-made-with"] == "animatic"
    assert (done["size"], done["seconds"]) == ("720x1280", "4")
    film = alone.film(done["id"])
    assert (film.width, film.height, film.seconds) == (720, 1280, 4.0)
    sheet = alone.server.get(f"/v1/videos/{done['id']}/content?variant=spritesheet")
    assert (sheet.headers["content-type"], sheet.body[:2]) == ("image/jpeg", b"\xff\xd8")
    task = alone.task(done["id"])
    assert (task["price"]["charged_micros"], task["made_by"]) == (0, "animatic")


def test_azure_s_and_comfyui_s_addresses_are_the_same_api(alone: Desk) -> None:
    key = {"Authorization": "", "api-key": alone.server.key}
    for path in ("/openai/v1/videos", "/openai/videos?api-version=2025-04-01", "/proxy/openai/v1/videos"):
        made = alone.server.post(path, {"prompt": "a boat", "model": "animatic", "seconds": 1}, headers=key)
        seen = alone.server.call("GET", f"{path.partition('?')[0]}/{made.json['id']}", headers=key)

        assert (made.status, seen.status) == (200, 200)
        assert alone.server.call("DELETE", f"{path.partition('?')[0]}/{made.json['id']}", headers=key).json["deleted"]


FRAME = f"data:image/png;base64,{base64.b64encode(picture(1280, 720)).decode()}"
WIDE = {"model": "sora-2", "prompt": "a boat", "size": "1280x720"}
CALLS = {
    "n8n, in a form": ("/v1/videos", with_picture(1280, 720, **WIDE, seconds="8")),
    "ComfyUI, in a form": ("/proxy/openai/v1/videos", with_picture(1280, 720, **WIDE, seconds="8")),
    "Azure, a number": ("/openai/v1/videos", {"body": {**WIDE, "seconds": 8}}),
    "Azure, a version": ("/openai/videos?api-version=preview", {"body": {**WIDE, "seconds": "8"}}),
    "a skill, by address": ("/v1/videos", {"body": {**WIDE, "seconds": "8", "input_reference": {"image_url": FRAME}}}),
    "a script, a number": ("/v1/videos", {"body": {**WIDE, "seconds": 8, "n": 1}}),
}
"""How programs that no registry holds send a create."""


@pytest.mark.parametrize("call", CALLS)
def test_a_program_s_create_is_taken_as_it_sends_it(desk: Desk, call: str) -> None:
    path, sent = CALLS[call]
    made = desk.server.call("POST", path, **sent)
    assert made.status == 200, made.body
    home = path.partition("?")[0]
    seen = desk.server.get(f"{home}/{made.json['id']}").json

    for answer in (made.json, seen):
        assert (answer["model"], answer["seconds"], answer["size"]) == ("sora-2", "8", "1280x720")
    assert made.headers["x-reelgate-made-with"] == (
        "wan2.7-t2v" if "number" in call or "version" in call else "wan2.7-i2v"
    )
    assert desk.server.call("DELETE", f"{home}/{made.json['id']}").json["deleted"]


def test_a_character_and_a_file_are_kept_and_named_in_creates(alone: Desk) -> None:
    clips = clip(alone.folder / "tom.mp4", 320, 180, 1.0).read_bytes()
    body = {"name": "Tom", "video": f"data:video/mp4;base64,{base64.b64encode(clips).decode()}"}
    made = alone.server.post("/v1/videos/characters", body).json
    file = alone.server.post("/v1/files", **form({"purpose": "vision"}, "a.png", picture(720, 1280))).json

    assert alone.server.get(f"/v1/videos/characters/{made['id']}").json == made
    assert (made["name"], made["id"][:5], file["id"][:5], file["status"]) == ("Tom", "char_", "file-", "processed")
    with_tom = alone.order(characters=[{"id": made["id"]}])
    with_file = alone.order(input_reference={"file_id": file["id"]})
    for answer, mode in ((with_tom, "reference"), (with_file, "image")):
        assert alone.task(answer.json["id"])["mode"] == mode
        alone.server.call("DELETE", f"/v1/videos/{answer.json['id']}")
    assert alone.server.call("DELETE", f"/v1/files/{file['id']}").json["deleted"]
    for fields in ({"characters": ["char_none"]}, {"input_reference": {"file_id": file["id"]}}):
        assert alone.server.post("/v1/videos", {"prompt": "x", **fields}).status == 400
    assert alone.server.get("/v1/files/file-none").status == 404
    assert alone.server.post("/v1/videos/characters", {**body, "name": "x" * 81}).status == 400


def test_a_create_that_wants_to_be_a_remix_is_refused_and_an_edit_needs_no_model(alone: Desk) -> None:
    clips = clip(alone.folder / "edit.mp4", 320, 180, 1.0).read_bytes()
    body = {"prompt": "make it snow", "video": f"data:video/mp4;base64,{base64.b64encode(clips).decode()}"}

    refused = alone.server.post("/v1/videos", {"prompt": "x", "remixed_from_video_id": "video_1"})
    edited = alone.server.post("/v1/videos/edits", body)

    assert (refused.status, refused.json["error"]["param"]) == (400, "remixed_from_video_id")
    assert (edited.json["model"], edited.headers["x-reelgate-made-with"]) == ("sora-2", "animatic")
    alone.server.call("DELETE", f"/v1/videos/{edited.json['id']}")


@pytest.mark.parametrize("field", ["image_url", "first_frame_image", "reference.url", "start_image"])
def test_a_picture_under_a_name_that_is_not_read_is_refused_with_the_api_s_own(alone: Desk, field: str) -> None:
    outer, _, inner = field.partition(".")
    refused = alone.server.post("/v1/videos", {"prompt": "x", outer: {inner: FRAME} if inner else FRAME})

    assert (refused.status, refused.json["error"]["param"].partition(".")[0]) == (400, outer)
    assert "send it as input_reference" in refused.json["error"]["message"]


def test_the_model_s_page_says_first_that_it_is_another(alone: Desk) -> None:
    shown = alone.server.get("/v1/models/sora-2").json

    assert shown["title"].startswith("Not Sora")
    assert shown["stands_in"][0] == "wan2.7-t2v"
    assert shown["limits"]["duration"]["lengths"] == [4, 8, 12, 16, 20]
