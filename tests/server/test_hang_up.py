"""A terminal that closes: it ends the server that was started in it, unless the server was started to outlive it."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
import urllib.request
from pathlib import Path
from typing import IO, cast

import pytest

from tests.e2e.server import END_SECONDS, KEY, command, environment


@pytest.mark.parametrize("outlives", [False, True], ids=["as_it_comes", "nohup"])
def test_a_server_ends_with_its_terminal_unless_it_was_told_not_to(tmp_path: Path, *, outlives: bool) -> None:
    ours, theirs = pty.openpty()

    def enter() -> None:
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if outlives else signal.SIG_DFL)

    options = ("--port", "0", "--data", str(tmp_path / "data"), "--workers", "0")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command("serve", *options),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(REELGATE_KEY=KEY, PYTHONUNBUFFERED="1"),
            start_new_session=True,
            preexec_fn=enter,  # noqa: PLW1509 (a thread's lock can't be held in what it does)
        )
    try:
        os.close(theirs)
        url = cast(IO[str], process.stdout).readline().split()[-1]
        os.close(ours)

        if outlives:
            while "config.reloaded" not in (tmp_path / "log").read_text():  # it has heard of it
                assert process.poll() is None
                time.sleep(0.05)
            with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310
                assert answer.status == 200
            process.terminate()

        assert process.wait(END_SECONDS) == 0
    finally:
        process.kill()
        process.communicate()
