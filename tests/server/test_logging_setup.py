from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOGGING = """
import structlog
from reelgate.server.logging_setup import set_up_log
set_up_log(level="info")
structlog.get_logger().error("lost", name="雨")
print("lives on")
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", LOGGING], stdout=subprocess.PIPE, stderr=full, check=False)

    assert done.stdout == b"lives on\n"


FOREIGN = """
import logging
from reelgate.server.logging_setup import set_up_log
set_up_log(level="info")
logging.getLogger("asyncio").error("task %s was\\nlost", "雨")
logging.getLogger("python_multipart.multipart").warning("Expected boundary character 45, got 0")
"""


def test_what_libraries_say_is_a_line_like_every_other_and_clients_mistakes_are_none() -> None:
    done = subprocess.run([sys.executable, "-c", FOREIGN], capture_output=True, text=True, check=True)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"], line["text"]) for line in lines] == [
        ("library", "error", "task 雨 was\nlost")
    ]
