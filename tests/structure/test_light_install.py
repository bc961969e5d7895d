"""A light installation, `pip install reelgate`: the Python client and those commands that need nothing of a server.

What it must do without is hidden from a new interpreter, so that nothing has to be installed to find out.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
IMPORTED_AS = {"opencv-python-headless": "cv2", "pillow": "PIL", "python-multipart": "python_multipart"}
EXTRAS = PROJECT["optional-dependencies"]
HIDDEN = sorted(
    IMPORTED_AS.get(name, name)
    for specs in EXTRAS.values()
    for name in (re.split(r"[<>=;\[ ]", spec)[0] for spec in specs)
    if name != "httpcore2"  # httpx2 brings it
)
HIDE = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
"""


def light(code: str, hidden: Sequence[str] = HIDDEN) -> subprocess.CompletedProcess[str]:
    text = f"HIDDEN = {list(hidden)!r}\n{HIDE}{code}"
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=480, check=False)


def command(*words: str, hidden: Sequence[str] = HIDDEN) -> subprocess.CompletedProcess[str]:
    return light(f"sys.argv = {['reelgate', *words]!r}\nfrom reelgate.cli import main\nmain()", hidden)


def test_the_client_needs_nothing_of_the_server() -> None:
    done = light("from reelgate import AsyncReelgate, Reelgate\nprint(Reelgate.__name__, AsyncReelgate.__name__)")
    assert (done.stdout, done.stderr) == ("Reelgate AsyncReelgate\n", "")


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("generate", "--help"), ("models",)])
def test_what_needs_no_server_works(words: tuple[str, ...]) -> None:
    done = command(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("storyboard", "a cat"), ("simulate",), ("demo",)])
def test_a_command_without_its_part_says_what_to_install(words: tuple[str, ...]) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        r"reelgate: this needs the package \w+, which is not installed; run: pip install 'reelgate\[server\]'\n",
        done.stderr,
    )


def test_a_command_loads_nothing_of_the_others() -> None:
    told = "print(sorted({name.split('.')[1] for name in sys.modules if name.startswith('reelgate.')}), end='')"
    code = f"import sys, atexit\nsys.argv = ['reelgate', 'webhooks', '--help']\natexit.register(lambda: {told})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nfrom reelgate.cli import main\nmain()"],
        capture_output=True,
        text=True,
        timeout=480,
        check=True,
    )
    loaded = done.stdout.splitlines()[-1]
    assert "'cli'" in loaded
    assert "'server'" not in loaded


@pytest.mark.parametrize(
    ("extra", "package", "words"),
    [
        ("s3", "obstore", ("serve", "--media", "s3://bucket/prefix")),
        ("otel", "opentelemetry", ("serve", "--traces", "http://127.0.0.1:9")),
        ("ray", "ray", ("serve", "--config", "reelgate.toml")),
        ("postgres", "asyncpg", ("serve", "--store", "postgresql://localhost/none")),
        ("mcp", "mcp", ("mcp", "--key", "sk-x")),
    ],
)
def test_a_server_without_an_extra_names_it(
    extra: str, package: str, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reelgate.toml").write_text('[renders]\nengine = "ray"\naddress = "127.0.0.1:9"\n')
    done = command(*words, *(("--port", "0") if words[0] == "serve" else ()), hidden=[package])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"run: pip install 'reelgate[{extra}]'\n")


def test_a_journal_on_postgresql_names_its_own_extra() -> None:
    done = command("keys", "list", "--store", "postgresql://localhost/none")
    assert done.returncode == 2
    assert done.stderr.endswith("run: pip install 'reelgate[postgres]'\n")
