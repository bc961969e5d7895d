"""Damaged media end in a video or a reason: a short run of what `make fuzz` does for longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_renders.py"


def test_no_damaged_file_takes_a_process_with_it(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--files", "40", "--seed", "5", "--workers", "1"]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "seed 5: 40 files" in run.stdout
    assert "faults: 0" in run.stdout
