"""Resumable uploads by tus: piece by piece, over broken connections and a killed server, checked and bounded."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reelgate import limits
from reelgate.client import Reelgate
from reelgate.client._sync.files import PIECE_BYTES
from reelgate.testing.samples import picture, sound
from tests.e2e.server import Reply, Server, serving
from tests.patience import until

PATH = "/v1/files/resumable"
TUS = {"Tus-Resumable": "1.0.0"}
PIECES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return picture(tmp_path_factory.mktemp("file") / "p.png", 640, 360).read_bytes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("uploads") / "data", "--workers", "1") as started:
        yield started


def begun(server: Server, length: int, **headers: str) -> str:
    """Begin an upload and return its path."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = server.post(PATH, headers={**TUS, "Upload-Length": str(length), **said})
    assert (answer.status, answer.headers["tus-resumable"]) == (201, "1.0.0"), answer.body
    return urlsplit(answer.headers["location"]).path


def add(server: Server, path: str, offset: int, piece: bytes, **headers: str) -> Reply:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.call("PATCH", path, raw=piece, headers={**PIECES, "Upload-Offset": str(offset), **said})


def offset(server: Server, path: str) -> int:
    return int(server.call("HEAD", path, headers=TUS).headers["upload-offset"])


def test_a_file_comes_in_by_pieces_and_is_used_as_any_other(server: Server, file: bytes) -> None:
    told = server.call("OPTIONS", PATH, key=None)
    assert (told.status, told.headers["tus-version"]) == (204, "1.0.0")
    assert {"creation", "termination", "expiration", "checksum"} <= set(told.headers["tus-extension"].split(","))
    name = base64.b64encode("图.png".encode()).decode()
    path = begun(server, len(file), Upload_Metadata=f"filename {name},relativePath bnVsbA==,is_confidential")
    half = len(file) // 2
    assert offset(server, path) == 0
    first = add(server, path, 0, file[:half])
    assert (first.status, first.headers["upload-offset"], "upload-expires" in first.headers) == (204, str(half), True)
    assert server.get(f"/v1/files/{path.rpartition('/')[2]}").status == 404
    assert add(server, path, 0, file[half:]).status == 409
    assert offset(server, path) == half
    assert add(server, path, half, file[half:]).status == 204
    kept = server.get(f"/v1/files/{path.rpartition('/')[2]}").json
    assert (kept["bytes"], kept["purpose"]) == (len(file), "user_data")
    assert server.get(f"/v1/files/{kept['id']}/content").body == file
    order = {"model": "happyhorse-1.0-i2v", "prompt": "一只猫", "image": f"asset://{kept['id']}"}
    assert server.post("/v1/quotes", {"path": "/v1/tasks", "body": order}).status == 201
    assert server.call("HEAD", path, headers=TUS).status == 404


def test_an_upload_that_is_begun_twice_has_its_first_bytes_once(server: Server, file: bytes) -> None:
    half = len(file) // 2
    told = {**PIECES, "Upload-Length": str(len(file)), "Idempotency-Key": "begun twice"}
    answers = [server.call("POST", PATH, raw=file[:half], headers=told) for _ in range(2)]
    assert [(one.status, one.headers["upload-offset"]) for one in answers] == [(201, str(half))] * 2
    assert answers[0].headers["location"] == answers[1].headers["location"]
    path = urlsplit(answers[0].headers["location"]).path
    assert add(server, path, half, file[half:]).status == 204
    assert server.get(f"/v1/files/{path.rpartition('/')[2]}/content").body == file


def test_uploads_of_one_name_and_another_length_are_two(server: Server) -> None:
    short, long = (begun(server, length, Idempotency_Key="of one name") for length in (5, 6))
    assert short != long
    assert [begun(server, length, Idempotency_Key="of one name") for length in (5, 6)] == [short, long]


def test_an_upload_that_had_come_whole_is_a_file_once_it_is_begun_again(tmp_path: Path, file: bytes) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        path = begun(server, len(file), Idempotency_Key="whole")
        incoming = tmp_path / "data" / "media" / "incoming"
        incoming.rmdir()
        incoming.touch()  # as a disk that takes nothing
        assert add(server, path, 0, file).status == 503
        incoming.unlink()
        incoming.mkdir()
        assert begun(server, len(file), Idempotency_Key="whole") == path
        assert server.get(f"/v1/files/{path.rpartition('/')[2]}/content").body == file


def test_what_a_call_says_wrong_is_refused_and_costs_nothing(server: Server, file: bytes) -> None:
    def refused(method: str, path: str, raw: bytes | None = None, **headers: str) -> tuple[int, str]:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = server.call(method, path, raw=raw, headers=said)
        return answer.status, answer.json["error"]["code"] if answer.body else ""

    size = str(len(file))
    path = begun(server, len(file))
    pieces = {name.replace("-", "_"): value for name, value in PIECES.items()}
    assert refused("POST", PATH, Upload_Length=size) == (412, "tus_version")
    assert refused("POST", PATH, Tus_Resumable="1.0.0") == (400, "invalid_parameter")
    for length in ("0", "-1", "x"):
        assert refused("POST", PATH, Tus_Resumable="1.0.0", Upload_Length=length)[0] == 400
    assert refused("POST", PATH, Tus_Resumable="1.0.0", Upload_Length=str(limits.MAX_MEDIA_BYTES + 1))[0] == 413
    assert refused("POST", PATH, Tus_Resumable="1.0.0", Upload_Length=size, Upload_Metadata="filename §")[0] == 400
    assert refused("PATCH", path, file, Tus_Resumable="1.0.0", Upload_Offset="0", Content_Type="image/png")[0] == 415
    assert refused("PATCH", path, file, **pieces)[0] == 400
    assert refused("PATCH", path, file + b"!", **pieces, Upload_Offset="0")[0] == 413
    assert refused("PATCH", path, file, **pieces, Upload_Offset=size)[0] == 409
    at = offset(server, path)
    digest = base64.b64encode(hashlib.sha1(file[at:], usedforsecurity=False).digest()).decode()
    wrong = add(server, path, at, file[at:-1] + b"!", Upload_Checksum=f"sha1 {digest}")
    assert (wrong.status, wrong.json["error"]["code"], offset(server, path)) == (460, "checksum_mismatch", at)
    assert add(server, path, at, b"x", Upload_Checksum="crc32 AAAA").status == 400
    assert add(server, path, at, file[at:], Upload_Checksum=f"sha1 {digest}").status == 204
    assert server.get(f"/v1/files/{path.rpartition('/')[2]}").status == 200


def test_what_is_no_media_is_refused_with_its_last_byte_and_an_upload_can_be_called_off(server: Server) -> None:
    path = begun(server, 9)
    assert add(server, path, 0, b"no ").status == 204
    last = add(server, path, 3, b"medium")
    assert (last.status, last.json["error"]["code"]) == (400, "invalid_media")
    assert server.call("HEAD", path, headers=TUS).status == 404
    path = begun(server, 9)
    assert server.call("DELETE", path, headers=TUS).status == 204
    assert server.call("HEAD", path, headers=TUS).status == 404


def test_a_batch_comes_in_that_way_too(server: Server) -> None:
    purpose = base64.b64encode(b"batch").decode()
    told = {**PIECES, "Upload-Length": "2", "Upload-Metadata": f"purpose {purpose}"}
    answer = server.call("POST", PATH, raw=b"{}", headers=told)
    assert (answer.status, answer.headers["upload-offset"]) == (201, "2")
    assert server.get(f"/v1/files/{answer.headers['location'].rpartition('/')[2]}").json["purpose"] == "batch"
    long = {"Upload-Length": str(limits.MAX_BATCH_BYTES + 1), "Upload-Metadata": f"purpose {purpose}"}
    assert server.post(PATH, headers={**TUS, **long}).status == 413


def test_a_project_has_so_many_under_way_and_sees_its_own(server: Server) -> None:
    other = server.post("/admin/v1/projects", {"name": "other"}).json["id"]
    key = server.post("/admin/v1/keys", {"name": "other", "project_id": other}).json["secret"]
    path = begun(server, 5)
    for method in ("HEAD", "PATCH", "DELETE"):
        assert server.call(method, path, raw=b"", headers={**PIECES, "Upload-Offset": "0"}, key=key).status == 404
    length = limits.MAX_MEDIA_BYTES
    said = {**TUS, "Upload-Length": str(length)}
    statuses = [server.post(PATH, headers=said, key=key).status for _ in range(limits.TRANSFERS_AT_ONCE + 1)]
    most = min(limits.TRANSFERS_AT_ONCE, limits.TRANSFERS_BYTES // length)
    assert statuses[:most] + statuses[most : most + 1] == [201] * most + [429]
    assert server.call("DELETE", path, headers=TUS).status == 204


DAMAGED = 1000  # bytes of each half of a call whose checksum is of others


def damaged(server: Server, path: str, at: int) -> socket.socket:
    """Begin a call whose bytes were damaged on the way, and send the first half of them."""
    line = socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0))
    kind = "sha1 " + base64.b64encode(hashlib.sha1(b"others", usedforsecurity=False).digest()).decode()
    said = {**PIECES, "Upload-Offset": str(at), "Content-Length": str(2 * DAMAGED), "Upload-Checksum": kind}
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
    head += "".join(f"{field}: {value}\r\n" for field, value in said.items())
    line.sendall(head.encode() + b"\r\n" + b"\0" * DAMAGED)
    return line


def test_a_connection_that_breaks_leaves_what_arrived_and_a_kill_too(tmp_path: Path) -> None:
    heavy = sound(tmp_path / "long.wav", 180.0)
    data = heavy.read_bytes()
    assert len(data) > PIECE_BYTES
    name = hashlib.sha256(data).hexdigest()
    with serving(tmp_path / "data", "--workers", "0") as server:
        path = begun(server, len(data), Idempotency_Key=name)
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as line:
            head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
            said = {**PIECES, "Upload-Offset": "0", "Content-Length": str(len(data))}
            head += "".join(f"{field}: {value}\r\n" for field, value in said.items())
            line.sendall(head.encode() + b"\r\n" + data[:300_000])
            (part,) = (tmp_path / "data" / "uploads").glob("*.part")
            until(lambda: part.stat().st_size > 0)
            first = offset(server, path)
            assert 0 < first <= 300_000
            with suppress(ConnectionError):  # which is heard of where the server has refused it by then
                line.sendall(data[300_000:])  # still on the way when its client has come back
            assert line.recv(12) == b"HTTP/1.1 409"
            assert offset(server, path) == first
        assert add(server, path, first, data[first : first + 100_000]).status == 204
        first += 100_000
        with damaged(server, path, first) as line:  # its client comes back before its end
            until(lambda: part.stat().st_size > first)
            assert offset(server, path) == first
            line.sendall(b"\0" * DAMAGED)
            assert line.recv(12) == b"HTTP/1.1 409"
            assert offset(server, path) == first == part.stat().st_size
        with damaged(server, path, first):
            until(lambda: part.stat().st_size > first)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    with serving(tmp_path / "data", "--workers", "0") as server:
        assert offset(server, path) == first  # and nothing of what no checksum has passed
        assert begun(server, len(data), Idempotency_Key=name) == path
        with Reelgate(server.url, key=server.key) as client:  # knows nothing of all that but the file
            kept = client.files.upload(heavy)
        assert f"{PATH}/{kept['id']}" == path
        assert server.get(f"/v1/files/{kept['id']}/content").body == data


def test_an_upload_that_nobody_goes_on_with_is_removed(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        path = begun(server, 9)
        add(server, path, 0, b"half")
    (part,) = (tmp_path / "data" / "uploads").glob("*.part")
    os.utime(part, (1, 1))
    with serving(tmp_path / "data", "--workers", "0") as server:
        until(lambda: not list((tmp_path / "data" / "uploads").iterdir()))
        assert server.call("HEAD", path, headers=TUS).status == 404
