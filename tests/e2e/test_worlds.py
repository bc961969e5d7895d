"""Commands act on the journal of an existing server, or say that there is none; nothing is paid and not kept."""

from __future__ import annotations

import asyncio
import stat
import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests.e2e.server import Server, command, environment, serving


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(**settings), timeout=480, check=False
    )


@pytest.mark.parametrize(
    "words",
    [("keys", "list"), ("projects", "add", "x"), ("ledger", "check"), ("tasks", "history", "x"), ("audit",)],
    ids=" ".join,
)
def test_a_folder_without_a_journal_is_refused_and_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, "--data", str(tmp_path / "nowhere"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no journal" in done.stderr
    assert "--data" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_journal_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"")

    done = run("keys", "list", "--data", str(tmp_path))

    assert (done.returncode, "is not a journal" in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "journal.db").read_bytes() == b""


def test_a_folder_says_where_its_server_keeps_the_journal(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    with serving(tmp_path / "data", "--workers", "0", "--store", f"sqlite:///{elsewhere}"):
        done = run("keys", "list", "--data", str(tmp_path / "data"))

    assert (done.returncode, done.stderr) == (0, "")
    assert "first" in done.stdout
    assert not (tmp_path / "data" / "journal.db").exists()
    assert stat.S_IMODE((tmp_path / "data" / "store").stat().st_mode) == 0o600


def test_the_journal_of_a_server_on_postgresql_is_named_without_its_password(tmp_path: Path, postgres_url: str) -> None:
    async def schema() -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE SCHEMA worlds")
        await connection.execute("CREATE SCHEMA empty_world")
        await connection.close()

    asyncio.run(schema())
    store = f"{postgres_url.replace('postgres:@', 'postgres:hidden@')}&search_path=worlds"
    with serving(tmp_path / "data", "--workers", "0", "--store", store):
        pass

    lost = run("keys", "list", "--data", str(tmp_path / "data"))
    found = run("keys", "list", "--data", str(tmp_path / "data"), "--store", store)
    empty = run("keys", "list", "--data", str(tmp_path), "--store", f"{postgres_url}&search_path=empty_world")

    assert (lost.returncode, "--store" in lost.stderr, "hidden" in lost.stderr) == (2, True, False)
    assert (found.returncode, "first" in found.stdout) == (0, True)
    assert (empty.returncode, "no journal" in empty.stderr) == (2, True), empty.stderr


@pytest.mark.parametrize(
    ("output", "words"), [("none/x.mp4", "make it first"), (".", "name the file"), ("/proc/x.mp4", "can be saved")]
)
def test_nothing_is_ordered_that_can_t_be_saved(gateway: Server, tmp_path: Path, output: str, words: str) -> None:
    before = len(gateway.get("/v1/tasks?limit=100").json["data"])
    path = str(tmp_path / output)

    done = run(
        "generate",
        "a cat",
        "-o",
        path if output != "/proc/x.mp4" else output,
        "--url",
        gateway.url,
        "--key",
        gateway.key,
    )

    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert len(gateway.get("/v1/tasks?limit=100").json["data"]) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--public-url", "video.example.com"), "--public-url"),
        (("--public-url", "ftp://video.example.com"), "--public-url"),
        (("--public-url", "https://user:secret@video.example.com"), "--public-url"),
        (("--cors-origin", "studio.example.com"), "--cors-origin"),
    ],
)
def test_an_option_that_makes_no_sense_stops_the_start(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    done = run("serve", "--port", "0", "--data", str(tmp_path / "data"), *options)

    assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('kind = "nonsense"\nenabled = false', "kind is 'nonsense'"),
        ('kind = "vidu"\nkey = "x"\nweight = -2', "weight"),
        ('kind = "vidu"\nkey = "x"\nweight = 0', "weight"),
        ('kind = "vidu"\nkey = "x"\nmodels = ["viduq3t-540"]', "is it viduq3t-540p?"),
    ],
)
def test_an_account_that_makes_no_sense_stops_the_start(tmp_path: Path, row: str, words: str) -> None:
    (tmp_path / "reelgate.toml").write_text(f"[[account]]\n{row}\n")

    done = run("serve", "--port", "0", "--data", str(tmp_path / "data"), "--config", str(tmp_path / "reelgate.toml"))

    assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr
