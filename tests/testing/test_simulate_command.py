"""`reelgate simulate`, as a process of its own, and the file that scripts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from reelgate.testing import Simulator
from reelgate.testing.simulator.script import read

SCRIPT = """
[[fault]]
vendor = "ark"
operation = "create"
kind = "throttle_with_wait"
times = 1

[[fault]]
vendor = "vidu"
operation = "query"
kind = "unknown_word"
share = 0.02
"""


def test_it_plays_the_vendors_until_it_is_stopped(tmp_path: Path) -> None:
    script = tmp_path / "faults.toml"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "reelgate", "simulate", "--port", "0", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        greeting = [process.stdout.readline() for _ in range(2 + len(Simulator.vendors))]
        shown = "".join(greeting)
        found = re.search(r"^export ARK_BASE_URL=(\S+) ARK_API_KEY=(\S+)$", shown, re.MULTILINE)
        assert found is not None, shown
        body = {"model": "doubao-seedance-2-0-260128", "content": [{"type": "text", "text": "一只猫"}]}
        with httpx2.Client(base_url=found[1], headers={"Authorization": f"Bearer {found[2]}"}, trust_env=False) as ark:
            answers = [ark.post("/contents/generations/tasks", json=body).status_code for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=480)

    assert answers == [429, 200]
    assert "2 faults are scripted" in shown
    assert "export DASHSCOPE_BASE_URL=" in shown
    assert "Jobs paid for: ark 1" in rest
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[fault", "Expected ']]'"),
        ("[fault]\n", "Expected `array`"),
        ("[[faults]]\n", "unknown field `faults`"),
        ('[[fault]]\nvendor = "ark"\n', "fault 1: Object missing required field `operation`"),
        (SCRIPT + '[[fault]]\nvendor = "kling"\noperation = "create"\nkind = "gone"\n', "fault 3: vendor is 'kling'"),
        (SCRIPT.replace("unknown_word", "sulk"), "fault 2: kind is 'sulk'; allowed for query: error_before_accept"),
        (SCRIPT.replace("times = 1", "times = 0"), "fault 1: times is 0; allowed: 1 or more"),
        (SCRIPT.replace("times = 1", "times = 1\nshare = 0.5"), "fault 1: times and share exclude each other"),
        (SCRIPT.replace("0.02", "2.0"), "fault 2: share is 2.0; allowed: above 0, up to 1"),
        (SCRIPT.replace("times = 1", 'times = "1"'), "fault 1: Expected `int`"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    script = tmp_path / "faults.toml"
    script.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"faults\.toml: ") as raised:
        read(script, Simulator.vendors)

    assert line in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_command_tells_a_bad_file_in_one_line(tmp_path: Path) -> None:
    script = tmp_path / "faults.toml"
    script.write_text("[[fault", encoding="utf-8")
    command = [sys.executable, "-m", "reelgate", "simulate", "--script", str(script)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=480)

    assert (ended.returncode, ended.stderr.count("\n"), ended.stdout) == (2, 1, "")
