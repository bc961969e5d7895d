"""Imports run downward only; this reads every import in `src/reelgate`, also those inside functions."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
PACKAGE = SOURCE / "reelgate"
MAP = Path(__file__).parents[2] / "docs" / "architecture.md"

RECORDS = {
    "background",
    "bucket",
    "clock",
    "errors",
    "fair_slots",
    "fault_log",
    "ids",
    "limits",
    "meters",
    "operator_files",
    "plugins",
    "request",
    "request_ids",
    "sandbox",
    "secret_files",
    "settings",
    "signing",
    "tracing",
}
"""Plain modules at the root, which every room of the server may import."""

MAY_IMPORT = {
    "cli": {
        "server",
        "mcp",
        "batch",
        "access",
        "billing",
        "client",
        "conductor",
        "providers",
        "tasks",
        "media",
        "catalog",
        "render",
        "animatic",
        "testing",  # the simulator of vendors is a command too
    },
    "server": {
        "fleet",
        "mcp",
        "client",  # by which agents call this server's own API
        "console",
        "http",
        "previews",
        "events",
        "admission",
        "access",
        "billing",
        "inputs",
        "conductor",
        "providers",
        "tasks",
        "media",
        "catalog",
        "render",
    },
    "console": {
        "client",  # whose words for orders at other APIs are shown
        "http",
        "previews",
        "access",
        "billing",
        "dialects",
        "tasks",
        "media",
        "catalog",
    },
    "http": {
        "previews",
        "admission",
        "events",
        "access",
        "billing",
        "inputs",
        "conductor",
        "dialects",
        "providers",
        "tasks",
        "media",
        "catalog",
    },
    "previews": {
        "admission",
        "access",
        "billing",
        "inputs",
        "conductor",
        "dialects",
        "providers",
        "tasks",
        "catalog",
        "render",
    },
    "admission": {"access", "billing", "inputs", "conductor", "dialects", "tasks", "media", "catalog"},
    "events": {"access", "dialects", "tasks", "media", "catalog"},
    "access": {"tasks"},
    "billing": {"access", "dialects", "tasks", "catalog"},
    "inputs": {"providers", "tasks", "media", "catalog"},
    "conductor": {"inputs", "billing", "providers", "tasks", "media", "catalog"},
    "dialects": {"tasks", "catalog"},
    "fleet": {"render", "media"},
    "providers": {"diffusion", "render", "catalog"},
    "tasks": set(),
    "media": {"decode"},
    "diffusion": {"render"},
    "animatic": {"render", "decode"},
    "render": {"decode"},
    "decode": set(),
    "catalog": set(),
    "client": set(),
    "mcp": {"client"},
    "batch": {"client"},
    "testing": {"dialects", "providers", "tasks", "media", "catalog"},
}
"""Each room and the rooms below it that it imports: all of them, and no other."""


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of this package that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in MODULES:
                    yield inner
                elif node.module in MODULES:
                    yield str(node.module)


def room_of(module: str) -> str:
    """Return the part of a dotted name below the package; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def test_every_room_and_root_module_is_known() -> None:
    known = {*MAY_IMPORT, *RECORDS, "", "__main__"}
    assert {room_of(name) for name in MODULES} <= known


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    allowed = MAY_IMPORT[room] | RECORDS | {room, ""}
    wrong = {
        f"{name} -> {target}"
        for name, path in MODULES.items()
        if room_of(name) == room
        for target in imported(path)
        if room_of(target) not in allowed
    }
    assert wrong == set()


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_no_direction_is_allowed_that_nothing_takes(room: str) -> None:
    taken = {room_of(target) for name, path in MODULES.items() if room_of(name) == room for target in imported(path)}
    assert MAY_IMPORT[room] - taken == set()


def test_the_map_names_the_same_rooms_directions_and_records() -> None:
    text = MAP.read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*) \|$", text, re.MULTILINE)
    drawn = {room: set(re.findall(r"`(\w+)`", directions)) for room, directions in rows}
    records = re.findall(r"^\*\*Plain records\*\*.*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert drawn == MAY_IMPORT
    assert set(re.findall(r"`(\w+)`", records[0])) == RECORDS


def test_the_records_import_each_other_only() -> None:
    wrong = {
        f"{name} -> {target}"
        for name, path in MODULES.items()
        if room_of(name) in RECORDS
        for target in imported(path)
        if room_of(target) not in RECORDS | {""}
    }
    assert wrong == set()


def test_the_client_stands_alone() -> None:
    wrong = {
        target
        for name, path in MODULES.items()
        if room_of(name) == "client"
        for target in imported(path)
        if room_of(target) not in {"client", ""}
    }
    assert wrong == set()


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name: {target for target in imported(path) if target != name} for name, path in MODULES.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(MODULES)
