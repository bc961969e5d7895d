"""The processes of a running gateway that open untrusted files, as the system shows them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from reelgate.sandbox import landlock, seccomp
from tests.children import children
from tests.e2e.server import serving
from tests.patience import until

VENDOR_KEY = "sk-of-a-vendor-0123456789"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def _settled(status: Path) -> str:
    """Return a process's status once it is confined: it loads its libraries before that, beside the server."""
    until(lambda: not seccomp.supported() or re.search(r"Seccomp:\t2", status.read_text()) is not None)
    return status.read_text()


def test_they_have_no_key_and_no_way_out(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", ARK_API_KEY=VENDOR_KEY) as gateway:
        own = Path(f"/proc/{gateway.process.pid}/environ").read_text()
        assert VENDOR_KEY in own
        assert gateway.key in own
        complete = landlock.version() > 0 and seccomp.supported()
        readers = children("reelgate.media.probe_child", gateway.process.pid)
        renders = children("reelgate.animatic.worker", gateway.process.pid)
        assert readers
        assert renders
        for pid in readers | renders:
            process = Path(f"/proc/{pid}")
            environment = (process / "environ").read_text()
            assert VENDOR_KEY not in environment
            assert gateway.key not in environment
            assert "KEY" not in environment
            assert "PATH=" in environment
            status = _settled(process / "status")
            assert re.search(r"NoNewPrivs:\t1", status)
            assert re.search(r"CapEff:\t0+\n", status)
            assert not complete or re.search(r"Seccomp:\t2", status)
        ready = gateway.get("/readyz", key=None).json
        assert ("unconfined" not in ready) is complete
