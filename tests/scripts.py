"""Runs the project's scripts as people do, with a limit that ends all that a script has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_script(name: str, *arguments: str, cwd: Path, seconds: float) -> tuple[int, str]:
    """Return the status of a script and what it said. One that takes longer is killed with its whole process group."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"scripts.{name}", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))},
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
