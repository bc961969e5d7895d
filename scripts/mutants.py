"""`make mutants`: whether tests fail when the code does something else, counted on a sample of small changes.

Three steps, in a copy of the tree: draw a sample of each room's mutants; run the tests once, with marks that say which
of them run the code of which mutant, in the servers too that they start; then make one mutant at a time and run those
tests, the quickest first, until one fails. What is known is kept in `--out`: a run that was stopped goes on there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from scripts.mutations import Mutation, marked, mutations

ROOT = Path(__file__).parents[1]
NOT_COPIED = {
    ".git",
    ".venv",
    "out",
    "data",
    "site",
    "dist",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
TESTS = (
    "tests/http",
    "tests/access",
    "tests/admission",
    "tests/billing",
    "tests/conductor",
    "tests/e2e/test_bad_input.py",
    "tests/e2e/test_batches.py",
    "tests/e2e/test_callbacks.py",
    "tests/e2e/test_events.py",
    "tests/e2e/test_files.py",
    "tests/e2e/test_keys.py",
    "tests/e2e/test_lifecycle.py",
    "tests/e2e/test_limits.py",
    "tests/e2e/test_lost_answers.py",
    "tests/e2e/test_metadata.py",
    "tests/e2e/test_money.py",
    "tests/e2e/test_parameters.py",
    "tests/e2e/test_parts.py",
    "tests/e2e/test_previews.py",
    "tests/e2e/test_repeats.py",
    "tests/e2e/test_restart.py",
    "tests/e2e/test_resumable.py",
    "tests/e2e/test_standins.py",
    "tests/e2e/test_unconfirmed.py",
    "tests/e2e/test_uploads.py",
    "tests/e2e/test_waiting.py",
    "tests/e2e/test_webhooks.py",
    "tests/dialects/test_entry_points.py",
    "tests/dialects/test_refusals.py",
    "tests/dialects/test_lists.py",
    "tests/dialects/test_in_doubt.py",
    "tests/console/test_operating_pages.py",
    "tests/tasks/test_retention.py",
)
TOO_LONG = (
    "tests/http/test_reload.py::test_nothing_is_lost_while_accounts_change_under_load",
    "tests/http/test_contract_live.py",
    "tests/e2e/test_restart.py::test_ten_renders_survive_a_kill_in_their_middle",
)
"""Tests that are not run for each mutant."""
MOST_SECONDS = 60.0
"""What the tests of one mutant may take when nothing fails, as measured; the quickest are taken first."""
LEAST_SECONDS, PATIENCE = 120.0, 4.0
"""What tests may take with a mutant: so long, and so many times what they took without. Beyond is a time-out: perhaps
a loop without an end, perhaps the machine's other work, so these are counted apart."""

REACHED = """
import mmap, os
from contextlib import suppress
_folder = {folder!r}
_seen = set()
try:
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    _file = os.open(_folder + "/now-" + _worker, os.O_RDONLY)
    _now = mmap.mmap(_file, 1024, prot=mmap.PROT_READ)
    _hits = os.open(_folder + "/hits", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
except OSError:
    _now = None
def reached(number):
    if _now is None:
        return
    hit = (number, _now[:1024])
    if hit not in _seen:
        _seen.add(hit)
        with suppress(OSError):
            os.write(_hits, b"%d %s\\n" % (number, hit[1].rstrip(b"\\0")))
"""
PLUGIN = """
import json, mmap, os
_folder = {folder!r}
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
with open(_folder + "/now-" + _worker, "w+b") as file:
    file.write(b"\\0" * 1024)
    file.flush()
    _now = mmap.mmap(file.fileno(), 1024)
def pytest_runtest_logstart(nodeid, location):
    _now[:1024] = nodeid.encode()[:1024].ljust(1024, b"\\0")
def pytest_runtest_logreport(report):
    if "PYTEST_XDIST_WORKER" in os.environ or not hasattr(report, "node"):
        with open(_folder + "/reports", "a") as file:
            told = [report.nodeid, report.when, report.outcome, report.duration]
            file.write(json.dumps(told) + "\\n")
"""


class Mutant(NamedTuple):
    """One change in one module."""

    path: str
    change: Mutation

    @property
    def name(self) -> str:
        """What tells it from others of this source."""
        return f"{self.path}:{self.change.line}:{self.change.start}-{self.change.end} {self.change.text}"

    @property
    def sound(self) -> bool:
        """Whether it is still Python."""
        return self.change.sound((ROOT / self.path).read_bytes())

    def shown(self) -> str:
        """Return the changed lines, before and after."""
        source = (ROOT / self.path).read_bytes()
        first = source.rfind(b"\n", 0, self.change.start) + 1
        added = self.change.end - self.change.start - len(self.change.text.encode())
        changed, last = self.change.apply(source), source.find(b"\n", self.change.end)
        before, after = source[first:last].decode(), changed[first : last - added].decode()
        return f"  - {' '.join(before.split())}\n  + {' '.join(after.split())}"


class Sample(NamedTuple):
    """So many mutants of rooms that are counted together."""

    rooms: str
    """Folders of src/reelgate, with a plus between them."""
    mutants: list[Mutant]
    of: int
    """How many there are."""


def drawn(asked: str, seed: int) -> Sample:
    """Return the sample that is asked for as `access+admission=40`."""
    rooms, _, count = asked.partition("=")
    every = [
        Mutant(str(path.relative_to(ROOT)), change)
        for room in rooms.split("+")
        for path in sorted((ROOT / "src/reelgate" / room).rglob("*.py"))
        for change in mutations(path.read_bytes())
    ]
    sound = (one for one in random.Random(seed).sample(every, len(every)) if one.sound)
    return Sample(rooms, sorted(islice(sound, int(count or 40)), key=lambda one: one.name), len(every))


class Tests(NamedTuple):
    """What the first run told."""

    seconds: dict[str, float]
    """Of the tests that passed."""
    reaching: dict[str, list[str]]
    """For each mutant by its name the tests that run its code."""

    def of(self, mutant: Mutant) -> list[str]:
        """Return the tests to run for a mutant, the quickest first."""
        chosen: list[str] = []
        total = 0.0
        for test in sorted(self.reaching.get(mutant.name, []), key=lambda test: self.seconds[test]):
            total += self.seconds[test]
            if chosen and total > MOST_SECONDS:
                break
            chosen.append(test)
        return chosen


def copy_of_the_tree(folder: Path) -> Path:
    """Return the path of a copy that may be changed."""

    def made(path: str, names: list[str]) -> list[str]:
        return [name for name in names if name == "__pycache__" or (Path(path) == ROOT and name in NOT_COPIED)]

    return Path(shutil.copytree(ROOT, folder / "tree", ignore=made, symlinks=True))


def pytest(tree: Path, arguments: Sequence[str], seconds: float) -> tuple[int | None, str]:
    """Return the status of a run of tests, None where it took too long, and its end; all that it started is ended."""
    used = ("-p", "xdist", "-p", "pytest_timeout", "-p", "no:cacheprovider")  # others take longer than a quick test
    command = [sys.executable, "-m", "pytest", *used, f"--basetemp={tree.parent / 't'}", *arguments]
    paths = os.pathsep.join((str(tree / "src"), str(tree.parent)))
    with (tree.parent / "said").open("w+") as said:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status: int | None = None
        try:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        return status, said.read()


def reach(mutants: Sequence[Mutant], tests: Sequence[str], jobs: int) -> Tests:
    """Run the tests once with marks."""
    with tempfile.TemporaryDirectory(prefix="m") as scratch:
        folder = Path(scratch)
        tree = copy_of_the_tree(folder)
        for path in sorted({mutant.path for mutant in mutants}):
            source = (ROOT / path).read_bytes()
            marks = [(mutant.change, number) for number, mutant in enumerate(mutants) if mutant.path == path]
            (tree / path).write_text(marked(source, marks, "reelgate._reached"))
        (tree / "src/reelgate/_reached.py").write_text(REACHED.format(folder=scratch))
        (folder / "marking.py").write_text(PLUGIN.format(folder=scratch))
        left_out = [f"--deselect={test}" for test in TOO_LONG]
        spread = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else ["-n", "0"]
        _, said = pytest(tree, ["-p", "marking", *spread, *left_out, *tests], 7200)
        print("\n".join(said.splitlines()[-15:]), flush=True)
        return _told(folder, mutants)


def _told(folder: Path, mutants: Sequence[Mutant]) -> Tests:
    seconds: Counter[str] = Counter()
    failed = set()
    for line in (folder / "reports").read_text().splitlines():
        test, _, outcome, took = json.loads(line)
        seconds[test] += took
        if outcome != "passed":
            failed.add(test)
    reaching: dict[str, list[str]] = {}
    for line in (folder / "hits").read_text().splitlines():
        number, _, test = line.partition(" ")
        if test in seconds and test not in failed:
            reaching.setdefault(mutants[int(number)].name, []).append(test)
    return Tests({test: seconds[test] for test in seconds if test not in failed}, reaching)


def tried(mutant: Mutant, tree: Path, tests: Sequence[str], expected: float) -> dict[str, Any]:
    """Make a mutant, run its tests until one fails, and undo it."""
    path = tree / mutant.path
    source = path.read_bytes()
    began = time.monotonic()
    try:
        _put(path, mutant.change.apply(source))
        status, said = pytest(tree, ["-n", "0", "-x", "--tb=line", *tests], LEAST_SECONDS + PATIENCE * expected)
    finally:
        _put(path, source)
    noticed = "time-out" if status is None else "survived" if status == 0 else "killed"
    last = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))]
    told = last[-1] if last else said[-300:]
    return {"became": noticed, "by": told if status else "", "seconds": round(time.monotonic() - began, 1)}


def _put(path: Path, source: bytes) -> None:
    """Write a module, and drop its compiled code: its time and size may be the same."""
    path.write_bytes(source)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def run(sample: Sample, tests: Tests, kept: Path, tree: Path) -> dict[str, dict[str, Any]]:
    """Try every mutant that has not been tried, one at a time; return what is known of each."""
    known = {told["name"]: told for told in map(json.loads, kept.read_text().splitlines())} if kept.exists() else {}
    for mutant in sample.mutants:
        if mutant.name in known:
            continue
        chosen = tests.of(mutant)
        expected = sum(tests.seconds[test] for test in chosen)
        told = tried(mutant, tree, chosen, expected) if chosen else {"became": "not reached", "by": ""}
        known[mutant.name] = {"name": mutant.name, "tests": len(chosen), **told}
        with kept.open("a") as file:
            file.write(json.dumps(known[mutant.name], ensure_ascii=False) + "\n")
        print(f"{told['became']}: {mutant.path}:{mutant.change.line} {told['by']}", flush=True)
    return known


def score(sample: Sample, known: dict[str, dict[str, Any]]) -> str:
    """Return the mutants' outcomes, and the text of those that were not noticed."""
    counts = Counter(known[mutant.name]["became"] for mutant in sample.mutants)
    told = ", ".join(f"{count} {became}" for became, count in counts.most_common())
    lines = [f"{sample.rooms}: {len(sample.mutants)} of {sample.of} mutants: {told}"]
    for mutant in sample.mutants:
        if known[mutant.name]["became"] in {"survived", "not reached"}:
            lines += [f"{known[mutant.name]['became']}: {mutant.path}:{mutant.change.line}", mutant.shown()]
    return "\n".join(lines)


def main() -> int:
    """Read the options, run, and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    rooms = "folders of src/reelgate and how many mutants of them, as access+admission=40"
    parser.add_argument("--rooms", nargs="+", default=["conductor=40"], help=rooms)
    parser.add_argument("--seed", type=int, default=7, help="the same seed draws the same mutants of the same source")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="files and folders of tests to choose from")
    parser.add_argument("--jobs", type=int, default=1, help="how many files of tests at a time in the first run")
    parser.add_argument("--out", type=Path, default=ROOT / "out/mutants", help="where what is known is kept")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    samples = [drawn(asked, options.seed) for asked in options.rooms]
    options.out.mkdir(parents=True, exist_ok=True)
    reached = options.out / "tests.json"
    if not reached.exists():
        mutants = [mutant for sample in samples for mutant in sample.mutants]
        reached.write_text(json.dumps(reach(mutants, options.tests, options.jobs)._asdict()))
    tests = Tests(**json.loads(reached.read_text()))
    with tempfile.TemporaryDirectory(prefix="m") as scratch:
        tree = copy_of_the_tree(Path(scratch))
        status, said = pytest(tree, sorted(tests.seconds, key=lambda test: tests.seconds[test])[:3], 600)
        if status != 0:
            raise SystemExit(f"tests fail without any change:\n{said}")
        told = [score(one, run(one, tests, options.out / f"{one.rooms}.jsonl", tree)) for one in samples]
    print("\n".join(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
