"""The command line, as a person uses it."""

from __future__ import annotations

import io
import json
import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.server import Server, command, environment, serving
from tests.e2e.video import look_at


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `reelgate` to its end."""
    env = environment(COLUMNS="200", **settings)
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=env, timeout=480, check=False)


def one_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command failed with one line on stderr that holds the words, and status 2."""
    assert result.returncode == 2, result.stderr
    assert all(word in result.stderr for word in words), result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_generate_makes_a_video_from_a_local_picture(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    file = tmp_path / "out.mp4"
    picture = str(inputs.files["source.png"])

    done = run(
        *(
            "generate",
            "人物缓慢抬头",
            "--model",
            "viduq3t-540p",
            "--image",
            picture,
            "--duration",
            "1",
            "-o",
            str(file),
        ),
        REELGATE_URL=gateway.url,
        REELGATE_KEY=gateway.key,
    )

    assert done.returncode == 0, done.stderr
    assert str(file) in done.stdout
    assert abs(look_at(file).seconds - 1) <= 1 / 24


def test_generate_says_what_is_wrong_in_one_line(gateway: Server, tmp_path: Path) -> None:
    asked = ("generate", "x", "--model", "viduq3t-540p", "--duration", "99", "-o", str(tmp_path / "out.mp4"))

    refused = run(*asked, "--url", gateway.url, "--key", gateway.key)

    assert refused.returncode == 1
    assert "duration" in refused.stderr
    assert "99" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out.mp4").exists()


def test_tasks_and_models_are_listed(gateway: Server) -> None:
    gateway.post("/v1/video/generations", {"model": "viduq3t-540p", "prompt": "雨夜", "duration": 1})

    tasks = run("tasks", "--url", gateway.url, "--key", gateway.key)
    models = run("models")

    assert "viduq3t-540p" in tasks.stdout
    assert "雨夜" in tasks.stdout
    assert "happyhorse-1.0-video-edit" in models.stdout


def test_names_are_whole_in_a_pipe_and_on_a_narrow_terminal() -> None:
    """A model's name is there to be copied."""
    piped = subprocess.run(command("models"), capture_output=True, text=True, env=environment(), check=True).stdout
    ours, theirs = os.openpty()
    env = environment(COLUMNS="60", TERM="dumb")
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(command("models"), stdout=theirs, stderr=theirs, env=env)
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(screen), b"")).decode()
        assert process.wait() == 0

    for text in (piped, shown):
        assert "happyhorse-1.0-t2v" in text.split()
        assert "doubao-seedance-2-0-260128" in text.split()
    assert "16:9, 9:16, 1:1, 4:3, 3:4" in piped


def test_what_stands_between_brackets_is_shown_as_it_is(gateway: Server) -> None:
    prompt = "[image 1] [/b] :cat: runs"
    task = gateway.post("/v1/tasks", {"model": "animatic", "prompt": prompt, "duration": 1}).json["id"]

    listed = run("tasks", "--url", gateway.url, "--key", gateway.key)

    assert listed.returncode == 0, listed.stderr
    assert prompt in next(line for line in listed.stdout.splitlines() if task in line)


def _read(screen: io.FileIO) -> bytes:
    """Return what a terminal shows next; it ends with an error, as terminals do."""
    try:
        return screen.read(65536) or b""
    except OSError:
        return b""


def test_a_first_start_makes_a_key_and_a_later_one_keeps_it_to_itself(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "0", key="") as gateway:
        key = (data / "key").read_text().strip()
        assert gateway.get("/v1/models", key=key).status == 200
        assert stat.S_IMODE((data / "key").stat().st_mode) == 0o600
    with serving(data, "--workers", "0", key="") as gateway:
        assert gateway.get("/v1/models", key=key).status == 200
    journal = b"".join(file.read_bytes() for file in data.glob("journal.db*"))
    assert key.encode() not in journal
    assert key not in (tmp_path / "data.log").read_text()


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        one_line(run("serve", "--port", port, "--data", str(tmp_path / "data")), port, "--port")


def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")

    one_line(run("serve", "--port", "0", "--data", str(blocker / "data")), str(blocker / "data"))


def test_a_data_folder_in_use_is_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0"):
        one_line(run("serve", "--port", "0", "--data", str(tmp_path / "data")), "in use")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--store", "mysql://here"), ("mysql", "sqlite:///")),
        (("--store", "postgresql://127.0.0.1:1/none"), ("journal",)),
        (("--media-network", "10.0.0.0/99"), ("10.0.0.0/99",)),
    ],
)
def test_a_bad_setting_is_one_line(tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    one_line(run("serve", "--port", "0", "--data", str(tmp_path / "data"), *options), *words)


def test_a_bad_option_is_refused_with_status_2(tmp_path: Path) -> None:
    refused = run("serve", "--workers", "many", "--data", str(tmp_path / "data"))

    assert refused.returncode == 2
    assert "workers" in refused.stderr


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    refused = run("serve", REELGATE_STORE="mysql://here", REELGATE_DATA=str(tmp_path / "data"), REELGATE_PORT="0")

    one_line(refused, "mysql")


def test_the_demo_makes_the_first_video(tmp_path: Path) -> None:
    done = run("demo", "--once", "--port", "0", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").iterdir()
    assert str(file) in done.stdout.replace("\n", "")
    assert done.stdout.count("curl ") == 3
    assert (tmp_path / "data/key").read_text().strip() in done.stdout
    assert abs(look_at(file).seconds - 5) <= 1 / 24


def test_generate_can_leave_at_once_and_speaks_json(gateway: Server) -> None:
    asked = ("generate", "x", "--model", "animatic", "--duration", "1", "--url", gateway.url, "--key", gateway.key)
    left = run(*asked, "--no-wait")
    assert left.returncode == 0, left.stderr
    task = gateway.get(f"/v1/tasks/{left.stdout.strip()}").json
    assert left.stderr.startswith(f"task {task['id']}  0 ")
    told = run(*asked, "--no-wait", "--json")
    assert json.loads(told.stdout)["object"] == "task"


def test_a_server_that_is_not_there_is_told_at_once_with_a_status_of_its_own() -> None:
    watched = (("tasks", "watch"), ("tasks", "download", "task_1"))
    for asked in (("generate", "x"), ("tasks",), ("webhooks", "list"), *watched):
        alone = run(*asked, "--url", "http://127.0.0.1:1", "--key", "sk-1")
        assert (alone.returncode, "is it running" in alone.stderr) == (3, True), alone.stderr
