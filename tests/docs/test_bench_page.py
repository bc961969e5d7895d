"""The commands on the page about benchmarks are ones that the bench takes."""

from __future__ import annotations

import re
import shlex

import pytest

from bench.__main__ import PARTS, USUAL, read_arguments
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r'^make bench(?: ARGS="(.*?)")?\s', PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_taken(command: str) -> None:
    words = shlex.split(command)
    assert read_arguments(words).parts == ([one for one in words if one in PARTS] or USUAL)


def test_the_page_shows_every_part() -> None:
    shown = {part for command in COMMANDS for part in read_arguments(shlex.split(command)).parts}
    assert shown == set(PARTS)


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_arguments(["https"])
    assert "allowed: render, latency" in capsys.readouterr().err
