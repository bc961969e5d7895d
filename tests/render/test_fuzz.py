"""Damaged media end in a video or a reason: a short run of what `make fuzz` does for longer."""

from __future__ import annotations

from pathlib import Path

from tests.scripts import run_script


def test_no_damaged_file_takes_a_process_with_it(tmp_path: Path) -> None:
    options = ("--files", "40", "--seed", "5", "--workers", "1")

    status, said = run_script("fuzz_renders", *options, cwd=tmp_path, seconds=480)

    assert status == 0, said
    assert "seed 5: 40 files" in said
    assert "faults: 0" in said
