"""`make bench`: every figure as a ratio within one run, so that the machine's mood cancels out."""

from __future__ import annotations

import argparse
import multiprocessing
import platform
from collections.abc import Sequence

from bench.http import bench_http, pin_to_other_core
from bench.jobs import bench_jobs, bench_open
from bench.latency import bench_latency
from bench.lists import bench_lists
from bench.peers import VERSION, bench_peers
from bench.render import bench_render
from bench.servers import bench_servers

USUAL = ["render", "latency", "http", "jobs"]
PARTS = [*USUAL, "lists", "open", "peers", "servers"]


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what is asked for, by default in the words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    named = f"one or more of {', '.join(PARTS)}; without any, {', '.join(USUAL)}"
    parser.add_argument("parts", nargs="*", metavar="part", help=named)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load for each figure")
    parser.add_argument("--rounds", type=int, default=5, help="bare and real take turns so many times")
    parser.add_argument("--store", default="", help="the journal; by default SQLite")
    parser.add_argument("--jobs", type=int, default=60, help="whole jobs through a vendor")
    parser.add_argument("--job-seconds", type=float, default=20.0, help="that each of them takes there")
    parser.add_argument("--per-second", type=float, default=50.0, help="how many of them begin a second")
    parser.add_argument("--unwatched", action="store_true", help="no client polls while they are made")
    parser.add_argument("--known", type=int, default=0, help="of them end first, so that their length is known")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="in the journal whose lists are asked for")
    parser.add_argument("--litellm", default=VERSION, help="the version of LiteLLM that stands beside Reelgate")
    asked = parser.parse_args(words)
    strange = sorted(set(asked.parts) - set(PARTS))
    if strange:  # argparse's own check of a list that may be empty differs between versions of Python
        parser.error(f"there is no part {', '.join(strange)}; allowed: {', '.join(PARTS)}")
    asked.parts = asked.parts or USUAL
    return asked


def main() -> None:
    """Run what is asked for."""
    asked = read_arguments()
    print(f"Python {platform.python_version()}, {platform.machine()}, {multiprocessing.cpu_count()} cores\n")
    if "render" in asked.parts:
        bench_render(asked.rounds)
    if "latency" in asked.parts:
        bench_latency(asked.seconds, asked.rounds)
    if "peers" in asked.parts:
        bench_peers(asked.seconds, asked.litellm)
    if "lists" in asked.parts:
        bench_lists(asked.tasks, asked.rounds)
    if "servers" in asked.parts:
        bench_servers(asked.seconds, asked.rounds)
    if "open" in asked.parts:
        bench_open(asked.jobs)
    if "jobs" in asked.parts:
        bench_jobs(asked.jobs, asked.job_seconds, asked.per_second, watched=not asked.unwatched, known=asked.known)
    if "http" in asked.parts:
        pin_to_other_core()
        bench_http(asked.seconds, asked.rounds, asked.store)


if __name__ == "__main__":
    main()
