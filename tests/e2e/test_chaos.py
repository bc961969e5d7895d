"""Vendors misbehave while the gateway is killed again and again: a short run of what `make chaos` does for longer."""

from __future__ import annotations

from pathlib import Path

from tests.scripts import run_script


def test_nothing_is_lost_or_paid_for_twice(tmp_path: Path) -> None:
    options = ("--tasks", "70", "--kill-every", "2", "--share", "0.01")

    status, said = run_script("chaos", *options, cwd=tmp_path, seconds=480)

    assert status == 0, said
    assert "70 tasks" in said
    assert "every promise was kept" in said
