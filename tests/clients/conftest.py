"""Runs scripts with the official clients, each in its own environment, against one gateway."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.lossy import LossyLine
from tests.e2e.held import held
from tests.e2e.inputs import picture
from tests.e2e.server import KEY, Server, serving

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".venv" / "clients" / "node"
SECONDS = 480
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # it would fetch its price list at each start

Told = Callable[..., Any]


def node_is_missing() -> bool:
    """Whether Node's clients can't be run here."""
    return shutil.which("node") is None or not (CLIENTS / "node_modules").exists()


def told_by_node(script: str, server: Server, frame: Path) -> Any:
    """Run a script of `tests/clients/scripts` with Node's clients against a server; return what it prints last."""
    settings = {"GATEWAY_URL": server.url, "GATEWAY_KEY": KEY, "PICTURE": str(frame), "NODE_CLIENTS": str(CLIENTS)}
    done = subprocess.run(
        ["node", str(ROOT / "tests/clients/scripts" / script)],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data, open_to = tmp_path_factory.mktemp("clients") / "data", ("--allow-private-media", "--allow-private-callbacks")
    with serving(data, "--workers", "2", *open_to) as server:
        yield server


@contextmanager
def busy_gateway(folder: Path) -> Iterator[Server]:
    """A gateway that never ends what it has begun: of what is ordered the first is begun, and the rest waits."""
    with serving(folder / "data", "--workers", "1") as server, held(server):
        yield server


@pytest.fixture(scope="session")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return picture(tmp_path_factory.mktemp("frame") / "frame.png", 640, 360, "#c03030")


@pytest.fixture(scope="session")
def told(gateway: Server, frame: Path) -> Told:
    """Runs a script of `tests/clients/scripts` in a client's environment and returns what it prints.

    `busy` is another server, at which it finds tasks that stay begun or waiting.
    """

    def run(
        environment: str, script: str, model: str, server: Server = gateway, busy: Server | None = None, **given: str
    ) -> Any:
        python = ROOT / ".venv" / "clients" / environment / "bin" / "python"
        assert python.exists(), f"{python} is missing: `make test` sets it up, and scripts/clients.sh .venv"
        with LossyLine(server.url) as line, LossyLine((busy or server).url, lossy=False) as counted:
            settings = {"GATEWAY_URL": server.url, "LOSSY_URL": line.url, "BUSY_URL": counted.url, "GATEWAY_KEY": KEY}
            settings |= {"PICTURE": str(frame), "MODEL": model, **given}
            done = subprocess.run(
                [python, "-m", f"tests.clients.scripts.{script}"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": str(frame.parent), **QUIET, **settings},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        calls = {"calls": line.calls, "busy_calls": counted.calls}
        return {**json.loads(done.stdout.splitlines()[-1]), **calls}  # some clients print too

    return run
