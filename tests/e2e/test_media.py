"""Inputs: what the documents forbid is refused at create; what comes late is checked later, with the same words."""

from __future__ import annotations

import base64
import sqlite3
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import clip
from tests.e2e.conftest import Inputs
from tests.e2e.inputs import picture
from tests.e2e.server import END_SECONDS, Server, serving

CREATE = "/v1/video/generations"


def image_body(image: str) -> dict[str, Any]:
    """Return a UniAll image-to-video request."""
    return {"model": "happy-horse-720p", "prompt": "推镜头", "image": image, "duration": 3}


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [(299, 400, ("image", "299", "300")), (1000, 390, ("image", "2.5"))],
)
def test_a_picture_outside_the_printed_limits(
    gateway: Server, inputs: Inputs, tmp_path: Path, width: int, height: int, words: tuple[str, ...]
) -> None:
    path = picture(tmp_path / "odd.png", width, height, "#336699")
    url = inputs.server.serve(f"/odd-{width}x{height}.png", path)

    reply = gateway.post(CREATE, image_body(url))

    assert reply.status == 400
    assert all(word in reply.json["error"]["message"] for word in words), reply.body


def test_a_reference_picture_must_have_400_pixels_on_its_short_side(
    gateway: Server, inputs: Inputs, tmp_path: Path
) -> None:
    url = inputs.server.serve("/small.png", picture(tmp_path / "small.png", 399, 500, "#336699"))
    body = {
        "model": "happy-horse-720p",
        "prompt": "character1",
        "images": [inputs.url("ref-1.png"), url],
        "duration": 3,
    }

    reply = gateway.post(CREATE, body)

    assert reply.status == 400
    assert "images[1]" in reply.json["error"]["message"]
    assert "400" in reply.json["error"]["message"]


def test_a_clip_that_is_too_short_to_edit(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    url = inputs.server.serve("/short.mp4", clip(tmp_path / "short.mp4", 640, 360, 2.0))
    body = {"model": "happy-horse-edit-720p", "prompt": "黑白", "video": url, "duration": 3}

    reply = gateway.post(CREATE, body)

    assert reply.status == 400
    assert "video" in reply.json["error"]["message"]
    assert "3" in reply.json["error"]["message"]


def test_a_picture_by_name_that_is_text_inside(gateway: Server, inputs: Inputs) -> None:
    url = inputs.server.serve("/text.png", b"this is no picture at all", type="image/png")

    assert gateway.post(CREATE, image_body(url)).status == 400


def test_a_picture_that_is_not_there(gateway: Server, inputs: Inputs) -> None:
    reply = gateway.post(CREATE, image_body(inputs.server.url("/missing.png")))

    assert reply.status == 400
    assert "404" in reply.json["error"]["message"]


def test_a_picture_inside_the_request(gateway: Server, inputs: Inputs) -> None:
    data = base64.b64encode(inputs.files["source.png"].read_bytes()).decode()
    body = {
        "model": "seedance-fast",
        "content": [
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}, "role": "first_frame"},
        ],
        "duration": 4,
        "resolution": "480p",
    }

    created = gateway.post(CREATE, body)

    assert created.status == 200, created.body
    path = f"{CREATE}/{created.json['id']}"
    finished = gateway.until(path, lambda answer: answer["data"]["status"] in {"SUCCESS", "FAILURE"})
    assert finished["data"]["status"] == "SUCCESS"


def test_a_private_address_is_refused(tmp_path: Path, inputs: Inputs) -> None:
    with serving(tmp_path / "data", "--workers", "0") as closed:
        for url in (
            inputs.url("source.png"),
            f"http://localhost:{inputs.server.port}/source.png",
            "http://[::1]/a.png",
        ):
            reply = closed.post(CREATE, image_body(url))
            assert reply.status == 400
            assert "image" in reply.json["error"]["message"]
        assert closed.post(CREATE, image_body("http://169.254.169.254/latest/meta-data")).status == 400


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path, inputs: Inputs) -> None:
    with (
        MediaServer() as other,
        serving(tmp_path / "data", "--media-network", "127.0.0.1/32", "--workers", "0") as closed,
    ):
        assert closed.post(CREATE, image_body(inputs.url("source.png"))).status == 200
        url = other.redirect("/go", f"http://127.0.0.2:{inputs.server.port}/source.png")

        assert closed.post(CREATE, image_body(url)).status == 400


def test_a_slow_server_holds_up_nobody_and_its_file_is_checked_later(tmp_path: Path, inputs: Inputs) -> None:
    slow = picture(tmp_path / "slow.png", 200, 200, "#123456").read_bytes()
    options = ("--allow-private-media", "--admission-seconds", "0.5", "--workers", "1")
    with MediaServer() as server, serving(tmp_path / "data", *options) as gateway:
        more = threading.Event()

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Length", str(len(slow)))
            request.end_headers()
            request.wfile.write(slow[:50])
            assert more.wait(END_SECONDS)
            request.wfile.write(slow[50:])

        url = server.on("/slow.png", answer)
        accepted = gateway.post(CREATE, image_body(url))
        quick = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": "快", "duration": 1}).json["id"]

        assert accepted.status == 200
        gateway.until(f"/v1/tasks/{quick}", lambda answer: answer["status"] == "completed")
        more.set()
        task = accepted.json["id"]
        failed = gateway.until(f"/v1/videos/{task}", lambda answer: answer["status"] in {"failed", "completed"})

    at_once = "image: 200 x 200 px; each side must be at least 300 px"
    assert failed["error"]["message"] == at_once
    with sqlite3.connect(tmp_path / "data/journal.db") as journal:
        lines = dict(journal.execute("SELECT kind, micros FROM ledger WHERE subject = ?", (task,)).fetchall())
        attempts = journal.execute("SELECT count(*) FROM attempts WHERE task_id = ?", (task,)).fetchone()
    assert lines["hold"] == lines["release"]
    assert "capture" not in lines
    assert attempts == (0,)


def test_stalling_servers_do_not_take_the_render_slots(tmp_path: Path) -> None:
    options = ("--allow-private-media", "--admission-seconds", "0", "--workers", "1")
    with MediaServer() as server, serving(tmp_path / "data", *options) as gateway:
        stalled = [gateway.post(CREATE, image_body(server.stall(f"/{n}.png", b"\x89PNG"))) for n in range(12)]
        assert {answer.status for answer in stalled} == {200}
        quick = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": "快", "duration": 1}).json["id"]

        gateway.until(f"/v1/tasks/{quick}", lambda answer: answer["status"] == "completed")
        told = [gateway.get(f"/v1/tasks/{answer.json['id']}").json["state"] for answer in stalled]
        assert set(told) == {"queued"}, "it waited for the servers that stall"


def hostile_picture(name: str, folder: Path) -> bytes:
    """Return a picture that is cut off, empty, a bomb or no picture."""
    honest = picture(folder / "honest.png", 600, 600, "#336699").read_bytes()
    match name:
        case "empty.png":
            return b""
        case "cut.png":
            return honest[: len(honest) // 2]
        case "header-only.png":
            return honest[:33]
        case "huge.png":
            raw = zlib.compress(b"\0" * ((20_000 // 8 + 1) * 20_000), 9)  # 20,000 x 20,000 in one bit a pixel: 50 kB
            size = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
            chunks = ((b"IHDR", size), (b"IDAT", raw), (b"IEND", b""))
            return b"\x89PNG\r\n\x1a\n" + b"".join(
                struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                for kind, data in chunks
            )
        case "bomb.gif":
            frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x44\x01\x00"
            screen = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
            return screen + frame * 20_000 + b";"
        case _:
            return b"<html><script>location='file:///etc/passwd'</script></html>"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("empty.png", "empty"),
        ("cut.png", "cut off"),
        ("header-only.png", "cut off"),
        ("huge.png", "20000x20000"),
        ("bomb.gif", "65535x65535"),
        ("page.png", "not in a format"),
    ],
)
def test_a_hostile_picture_is_refused_and_named(
    gateway: Server, inputs: Inputs, tmp_path: Path, name: str, word: str
) -> None:
    url = inputs.server.serve(f"/hostile-{name}", hostile_picture(name, tmp_path), type="image/png")

    reply = gateway.post(CREATE, image_body(url))

    assert reply.status == 400, reply.body
    message = reply.json["error"]["message"]
    assert word in message, message
    assert "image" in message


def hostile_clip(name: str, folder: Path) -> bytes:
    """Return a clip that lies about its picture, is cut off, or is a playlist that points elsewhere."""
    data = bytearray(clip(folder / "honest.mp4", 640, 360, 4.0).read_bytes())
    if name == "lying.mp4":
        at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24
        data[at : at + 4] = struct.pack(">HH", 14_000, 14_000)
    elif name == "cut.mp4":
        del data[len(data) // 2 :]
    elif name == "no-index.mp4":
        at = data.index(b"moov")
        data[at : at + 4] = b"free"
    else:
        return b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("lying.mp4", "14000x14000"),
        ("cut.mp4", "cut off"),
        ("no-index.mp4", ""),
        ("list.mp4", "not in a format"),
    ],
)
def test_a_hostile_clip_is_refused_and_named(
    gateway: Server, inputs: Inputs, tmp_path: Path, name: str, word: str
) -> None:
    url = inputs.server.serve(f"/hostile-{name}", hostile_clip(name, tmp_path), type="video/mp4")
    body = {"model": "happy-horse-edit-720p", "prompt": "黑白", "video": url, "duration": 3}

    reply = gateway.post(CREATE, body)

    assert reply.status == 400, reply.body
    message = reply.json["error"]["message"]
    assert word in message, message
    assert "video" in message
