from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOGGING = """
import structlog
from reelgate.web.log import set_up_log
set_up_log(level="info")
structlog.get_logger().error("lost", name="雨")
print("lives on")
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", LOGGING], stdout=subprocess.PIPE, stderr=full, check=False)

    assert done.stdout == b"lives on\n"
