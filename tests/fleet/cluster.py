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
        assert self._told("kill") == "done"

    def add_a_node(self) -> None:
        """Bring another."""
        assert self._told("add") == "done"

    def nodes(self) -> int:
        """Return how many nodes there are beside the head."""
        return int(self._told("count"))

    def _told(self, what: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def a_cluster(nodes: int, *, grows: bool = False) -> Iterator[Cluster]:
    """Run a cluster with so many nodes beside its head; one that `grows` has them only while there is work."""
    words = [sys.executable, "-m", "tests.fleet.nodes", f"{-nodes if grows else nodes}"]
    with subprocess.Popen(
        words,
        text=True,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield Cluster(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(180)
