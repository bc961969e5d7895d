"""A process that gets no computing time is not a process that hangs."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from reelgate.render.starving import processor_seconds, wants_to_run
from tests.patience import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

COMPUTING = "print(flush=True)\nwhile True: pass"
WAITING = "import time; print(flush=True); time.sleep(600)"


@pytest.mark.parametrize(("program", "computes"), [(COMPUTING, True), (WAITING, False)])
def test_who_computes_and_who_waits(program: str, *, computes: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            # What has just said that it is there may not have gone to sleep yet.
            until(lambda: wants_to_run(process.pid) is computes)
            before = processor_seconds(process.pid)
            assert before is not None
            if computes:
                until(lambda: (processor_seconds(process.pid) or 0) - before > 0.05)
            else:
                time.sleep(0.1)  # for as long it computes nothing
                assert (processor_seconds(process.pid) or 0) - before < 0.02
        finally:
            process.kill()


def test_nobody_computes_who_is_not_there() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    assert processor_seconds(process.pid) is None
    assert not wants_to_run(process.pid)
