"""What a shut-in process can't do, tried from inside, as root and as an ordinary user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelgate import sandbox
from reelgate.sandbox import kernel, landlock, seccomp

ROOT = Path(__file__).parents[2]
NOBODY = 65_534

linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


def tried(folder: Path, *user: str) -> tuple[list[str], dict[str, dict[str, Any]]]:
    own = folder / "own"
    own.mkdir()
    (folder / "secret").write_bytes(b"secret")
    for path in (own, folder / "secret", folder):
        path.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-m", "tests.sandbox.shut_in", str(own), *user],
        cwd=ROOT,
        env=sandbox.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, *rest = map(json.loads, done.stdout.splitlines())
    return first["lacking"], {line["tried"]: line for line in rest}


def fully_confined() -> bool:
    return sys.platform == "linux" and landlock.version() >= 3 and seccomp.supported()


@linux
def test_a_process_that_is_shut_in_can_compute_and_nothing_else(tmp_path: Path) -> None:
    lacking, found = tried(tmp_path)

    if not fully_confined():
        assert lacking
        pytest.skip(f"this kernel can't: {lacking}")
    assert lacking == []
    assert {name: line["error"] for name, line in found.items() if line["may"] and line["error"]} == {}
    assert [name for name, line in found.items() if not line["may"] and not line["error"]] == []
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert not list((tmp_path / "own").iterdir())


@linux
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_s_process_is_shut_in_as_well(tmp_path: Path) -> None:
    if not fully_confined():
        pytest.skip("this kernel can't")
    for parent in tmp_path.parents[:3]:
        parent.chmod(0o755)

    lacking, found = tried(tmp_path, str(NOBODY))

    assert lacking == []
    assert {name for name, line in found.items() if bool(line["error"]) is line["may"]} == set()


@linux
@pytest.mark.parametrize("missing", ["landlock", "seccomp"])
def test_what_the_kernel_lacks_is_said_and_the_rest_is_done(tmp_path: Path, missing: str) -> None:
    """A kernel without it is played by a filter, as containers have one: the call is answered with ENOSYS."""
    if not fully_confined():
        pytest.skip("this kernel can't do either")
    told = subprocess.run(
        [sys.executable, "-m", "tests.sandbox.older_kernel", missing],
        cwd=ROOT,
        env=sandbox.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lacking, reads, connects = json.loads(told.stdout)
    words = {"landlock": sandbox.FILES, "seccomp": sandbox.CALLS}[missing]
    assert len(lacking) == 1
    assert lacking[0].startswith(words)
    assert reads is (missing == "landlock")
    assert connects is (missing == "seccomp")


def test_the_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REELGATE_KEY", "ARK_API_KEY", "DASHSCOPE_API_KEY", "AWS_SECRET_ACCESS_KEY", "MY_VENDOR", "HF_TOKEN"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")

    plain = sandbox.environment({"OPENBLAS_NUM_THREADS": "1"})
    kept = sandbox.environment(keep=("HF_HUB_*", "HF_TOKEN"))

    assert "secret" not in plain.values()
    assert plain["LANG"] == "C.UTF-8"
    assert plain["OPENBLAS_NUM_THREADS"] == "1"
    assert "PATH" in plain
    assert {name: kept[name] for name in kept if name.startswith("HF_")} == {
        "HF_HUB_OFFLINE": "1",
        "HF_TOKEN": "secret",
    }


def test_all_but_a_folder_is_everything_else(tmp_path: Path) -> None:
    for name in ("data/private/media", "data/models", "other"):
        (tmp_path / name).mkdir(parents=True)

    reached = set(sandbox.all_but(tmp_path / "data" / "private"))

    assert {tmp_path / "data" / "models", tmp_path / "other"} <= reached
    private = tmp_path / "data" / "private"
    assert not [path for path in reached if private.is_relative_to(path) or path.is_relative_to(private)]


@pytest.fixture
def handed(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "file").write_bytes(bytes(range(256)) * 1000)
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    yield sandbox.descriptors.named(descriptor)
    os.close(descriptor)


def test_a_file_that_was_handed_over_reads_as_any_other(handed: Path) -> None:
    whole = bytes(range(256)) * 1000
    with sandbox.descriptors.opened(handed) as one, sandbox.descriptors.opened(handed) as other:
        assert one.read(10) == whole[:10]
        assert other.read() == whole
        assert one.seek(-6, os.SEEK_END) == 255_994
        assert one.read() == whole[-6:]
        assert (one.read(), one.seek(5), one.read(2)) == (b"", 5, b"\x05\x06")
        assert one.seek(3, os.SEEK_CUR) == 10
        with pytest.raises(ValueError, match="no byte -1"):
            one.seek(-1)
    assert sandbox.descriptors.size_of(handed) == 256_000
    with sandbox.descriptors.opened(handed) as again:
        assert again.read(1) == b"\0"


@linux
def test_the_filter_fits_what_the_kernel_takes() -> None:
    for machine in ("x86_64", "aarch64", "riscv64"):
        assert 0 < len(b"".join(seccomp._filter(machine, 1))) // 8 < 4096
    assert kernel.LIBC is not None
