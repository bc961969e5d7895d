"""Vendors misbehave while the gateway is killed again and again: a short run of what `make chaos` does for longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "chaos.py"


def test_nothing_is_lost_or_paid_for_twice() -> None:
    command = [sys.executable, str(SCRIPT), "--tasks", "70", "--kill-every", "2", "--share", "0.01"]

    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "70 tasks" in run.stdout
    assert "every promise was kept" in run.stdout
