"""A Ray cluster in a process of its own, whose nodes can be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Cluster:
    """A cluster that runs; `address` is its head's."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address = self._line()
        assert self.address, "the cluster did not start: Ray gives each of its processes 30 s"

    def kill_a_node(self) -> None:
        """End the node that has been there the longest, as a power cut does."""
        self._do("kill")

    def add_a_node(self) -> None:
        """Bring another."""
        self._do("add")

    def _do(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._line() == "done"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def a_cluster(nodes: int) -> Iterator[Cluster]:
    """Run a cluster with so many nodes beside its head."""
    words = [sys.executable, "-m", "tests.fleet.nodes", str(nodes)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, text=True, cwd=Path(__file__).parents[2], **pipes) as process:  # type: ignore[call-overload]
        yield Cluster(process)
        process.stdin.close()
        process.wait(60)
