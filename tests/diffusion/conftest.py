"""Pipelines with random weights, made once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import made_once

TINY = Path(__file__).with_name("tiny.py")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Let torch compute on one thread, here and in render processes: on little work several are slower."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model of each family, under the names of `tiny.PIPELINES`."""

    def make(folder: Path) -> None:
        made = subprocess.run([sys.executable, str(TINY), str(folder)], capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr

    return made_once(tmp_path_factory, "models", make)
