"""What the simulator's page shows is so."""

from __future__ import annotations

import re
from pathlib import Path

from reelgate.testing import Fault, Simulator
from reelgate.testing.simulator.faults import OPERATIONS, checked
from reelgate.testing.simulator.script import read
from tests.docs.pages import ROOT, blocks
from tests.docs.pages import read as text_of

PAGE = ROOT / "docs" / "simulator.md"


def test_the_script_is_one(tmp_path: Path) -> None:
    script = tmp_path / "faults.toml"
    script.write_text(blocks(PAGE, "toml")[0], encoding="utf-8")

    assert [fault.kind for fault in read(script, Simulator.vendors)] == ["timeout_after_accept", "unknown_word"]


def test_the_example_runs() -> None:
    exec(blocks(PAGE, "python")[0], {})  # noqa: S102 (our own page)


def test_every_vendor_stands_there() -> None:
    named = re.findall(r"^\| `(\w+)` \| `http://127.0.0.1:8100(\S+)`", text_of(PAGE), re.MULTILINE)

    with Simulator() as simulator:
        urls = {vendor: simulator.base_url(vendor).removeprefix(simulator.url) for vendor in simulator.vendors}
    assert dict(named) == urls


def test_every_fault_stands_there_with_what_it_can_befall() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([a-z, ]+) \|", text_of(PAGE), re.MULTILINE)
    shown = {kind: places for kinds, places in rows for kind in re.findall(r"`(\w+)`", kinds)}

    def befalls(kind: Fault, operation: str) -> bool:
        try:
            return checked(operation, kind) is kind
        except ValueError:
            return False

    def places(kind: Fault) -> str:
        found = [operation for operation in OPERATIONS if befalls(kind, operation)]
        return "every call" if found == list(OPERATIONS[:-1]) else ", ".join(found)

    assert shown == {kind.value: places(kind) for kind in Fault}
