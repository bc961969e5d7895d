"""Runs the project's scripts as people do, with a limit that ends all that a script has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "scripts"


def run_script(name: str, *arguments: str, cwd: Path, seconds: float) -> tuple[int, str]:
    """Return the status of a script and what it said. One that takes longer is killed with its whole process group."""
    process = subprocess.Popen(
        [sys.executable, str(FOLDER / name), *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said = process.communicate()[0] + f"\nkilled: it took over {seconds:g} seconds"
    return process.returncode, said
