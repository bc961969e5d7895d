"""The processes of a running gateway that open untrusted files, as the system shows them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from reelgate.sandbox import landlock, seccomp
from tests.e2e.server import serving

VENDOR_KEY = "sk-of-a-vendor-0123456789"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def children(pid: int) -> dict[str, Path]:
    """Return the processes that a process has started, by the module that each runs."""
    found = {}
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{number}/cmdline").read_text().split("\0")
        found[next(word for word in words if word.startswith("reelgate."))] = Path(f"/proc/{number}")
    return found


def test_they_have_no_key_and_no_way_out(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", ARK_API_KEY=VENDOR_KEY) as gateway:
        own = Path(f"/proc/{gateway.process.pid}/environ").read_text()
        assert VENDOR_KEY in own
        assert gateway.key in own
        found = children(gateway.process.pid)
        assert {"reelgate.media.probe_child", "reelgate.animatic.worker"} <= found.keys()
        complete = landlock.version() > 0 and seccomp.supported()
        for process in found.values():
            environment = (process / "environ").read_text()
            assert VENDOR_KEY not in environment
            assert gateway.key not in environment
            assert "KEY" not in environment
            assert "PATH=" in environment
            status = (process / "status").read_text()
            assert re.search(r"NoNewPrivs:\t1", status)
            assert re.search(r"CapEff:\t0+\n", status)
            assert not complete or re.search(r"Seccomp:\t2", status)
        ready = gateway.get("/readyz", key=None).json
        assert ("unconfined" not in ready) is complete
