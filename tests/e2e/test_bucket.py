"""A gateway whose files are in a bucket, and in part still in its folder."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from reelgate.cli.media import AT_ONCE
from tests.e2e.server import command, environment, serving
from tests.media.bucket import CREDENTIALS, bucket_server


def copied(source: str, target: Path | str, **settings: str) -> str:
    """Run `reelgate media copy` and return what it prints."""
    return ran("media", "copy", source, str(target), **settings)


def ran(*words: str, **settings: str) -> str:
    """Run a command and return what it prints."""
    done = subprocess.run(
        command(*words),
        env=environment(**CREDENTIALS, **settings),
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_files_are_served_from_the_bucket_and_from_the_folder_that_was_there_before(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "media").mkdir(parents=True)
    with bucket_server() as line:
        place = f"s3://videos/shop?endpoint={line.url}"
        with serving(data, "--workers", "1", "--media", place, "--media-redirect", **CREDENTIALS) as server:
            made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 1}).json["id"]
            link = server.until(f"/v1/tasks/{made}", lambda task: task["status"] == "completed")["result_url"]
            film = server.get(link, key=None)  # which follows to the bucket
            assert (film.status, film.headers["content-type"]) == (200, "video/mp4")
            assert "x-request-id" not in film.headers
            part = server.get(link, key=None, headers={"Range": "bytes=10-99"})
            assert (part.status, part.body) == (206, film.body[10:100])

            assert not copied(place, data / "media").startswith("0 ")
            ours = server.get(link, key=None)
            assert (ours.body == film.body, "x-request-id" in ours.headers) == (True, True)

            shutil.rmtree(data / "media")
            line.break_off("away")
            away = server.get(link, key=None)
            assert (away.status, away.headers["retry-after"]) == (503, "5")
            line.break_off("")
            assert server.get(link, key=None).body == film.body


def test_a_bucket_is_copied_without_room_for_all_of_it(tmp_path: Path) -> None:
    folder, back, scratch = tmp_path / "files", tmp_path / "back", tmp_path / "scratch"
    scratch.mkdir()
    for number in range(5 * AT_ONCE):
        data = b"film %d" % number
        digest = hashlib.sha256(data).hexdigest()
        shard = folder / digest[:2] / digest[2:4]
        shard.mkdir(parents=True, exist_ok=True)
        (shard / digest).write_bytes(data)
    most = 0

    def look(_head: str) -> None:
        nonlocal most
        most = max(most, sum(1 for _ in scratch.glob(f"*/*/{'?' * 64}")))

    with bucket_server() as line:
        place = f"s3://videos/shop?endpoint={line.url}"
        line.before = look
        assert copied(str(folder), place, TMPDIR=str(scratch)).startswith("40 files copied")
        assert copied(place, back, TMPDIR=str(scratch)).startswith("40 files copied")
        other = f"s3://videos/other?endpoint={line.url}"
        assert copied(place, other, TMPDIR=str(scratch)).startswith("40 files copied")
    assert {file.name for file in back.glob("??/??/*")} == {file.name for file in folder.glob("??/??/*")}
    assert 0 < most <= 2 * AT_ONCE


def test_a_backup_holds_a_buckets_files_where_that_is_asked_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with bucket_server() as line:
        place = f"s3://videos/shop?endpoint={line.url}"
        with serving(data, "--workers", "1", "--media", place, **CREDENTIALS) as server:
            made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 1}).json["id"]
            link = server.until(f"/v1/tasks/{made}", lambda task: task["status"] == "completed")["result_url"]
            film = server.get(link, key=None).body
            target = f"s3://videos/backup?endpoint={line.url}"
            for words in (("backup", str(tmp_path / "copy")), ("backup", target)):
                ran(*words, "--data", str(data), "--from-bucket")
        ran("restore", target, str(tmp_path / "restored"))
    for copy in ("copy", "restored"):
        with serving(tmp_path / copy, "--workers", "0", "--no-console") as server:
            assert server.get(link.partition("/files/")[1] + link.partition("/files/")[2], key=None).body == film
    refused = subprocess.run(
        command("backup", str(tmp_path / "other"), "--data", str(tmp_path / "copy"), "--from-bucket"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    assert (refused.returncode, "--from-bucket" in refused.stderr) == (2, True)


def folders(data: Path) -> set[Path]:
    return {path for path in data.iterdir() if path.is_dir()}


def test_a_backup_that_was_killed_leaves_nothing_and_a_running_one_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "0", "--no-console"):
        pass
    before = folders(data)
    with bucket_server() as line, socket.create_server(("127.0.0.1", 0)) as mute:
        silent = f"s3://videos/backup?endpoint=http://127.0.0.1:{mute.getsockname()[1]}"
        hung = subprocess.Popen(command("backup", silent, "--data", str(data)), env=environment(**CREDENTIALS))
        try:
            mute.settimeout(480)
            with mute.accept()[0]:  # it waits for the bucket's answer, and no timeout of its own ends it now
                hung.send_signal(signal.SIGSTOP)
                (scratch,) = folders(data) - before
                ran("backup", f"s3://videos/one?endpoint={line.url}", "--data", str(data))
                assert folders(data) - before == {scratch}
        finally:
            hung.kill()
            hung.wait()
        assert folders(data) - before == {scratch}
        ran("backup", f"s3://videos/two?endpoint={line.url}", "--data", str(data))
    assert folders(data) == before
