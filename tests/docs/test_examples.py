"""What pages tell people to type is there: make verbs, commands and options, requests that a dialect takes."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from reelgate.catalog import load
from reelgate.cli import app
from reelgate.dialects import dialect_for_create
from reelgate.dialects.port import Call
from scripts import gen_states
from tests.docs.pages import PAGES, ROOT, commands, read

LINES = [(page, line) for page in PAGES for line in commands(page)]
COMMANDS = [line for _, line in LINES if "bin/reelgate " in line]
_CREATE = re.compile(r"curl \$URL(?P<path>\S+) (?P<headers>.*?)-d '(?P<body>.*?)'\n", re.DOTALL)
CREATES = [match for page in PAGES for match in _CREATE.finditer(read(page).replace("\\\n", " "))]


def test_generated_pages_are_fresh() -> None:
    found = subprocess.run(
        [sys.executable, ROOT / "scripts/gen_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_drawn_states_are_fresh() -> None:
    assert gen_states.FILE.read_text() == gen_states.drawing()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_verb_exists(page: Path) -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", read(page))) | {
        line.split()[1] for line in commands(page) if line.startswith("make ")
    }
    assert named - verbs == set()


@pytest.mark.parametrize(
    "project", sorted((ROOT / "examples").glob("*/pyproject.toml")), ids=lambda one: one.parent.name
)
def test_the_cost_of_an_example_is_its_length(project: Path) -> None:
    page = read(ROOT / "docs" / "testing.md")
    row = re.search(rf"\| (\d+) \| (\d+) \| `examples/{project.parent.name}`", page)
    assert row, "a row of the table of costs names the example"
    modules = list(project.parent.glob("*.py"))
    assert (int(row[1]), int(row[2])) == (len(modules), sum(len(read(one).splitlines()) for one in modules))
    assert f"`pyproject.toml` of {len(read(project).splitlines())} lines" in page


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    command: Any = typer.main.get_command(app())
    while hasattr(command, "commands") and not (command.invoke_without_command and _no_subcommand(words)):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} - options == set()


def _no_subcommand(words: list[str]) -> bool:
    return not words or words[0].startswith("-")


@pytest.mark.parametrize("create", CREATES, ids=lambda create: json.loads(create["body"])["model"])
def test_every_create_is_one_that_its_dialect_takes(create: re.Match[str]) -> None:
    catalog, body = load(), json.loads(create["body"])
    path = urlsplit(create["path"]).path
    headers = {
        name.lower(): value.strip() for name, _, value in (h.partition(":") for h in shlex.split(create["headers"]))
    }
    parsed = dialect_for_create(path, body["model"], catalog).parse(Call(path, headers, body), catalog)
    assert (parsed.model.id, parsed.unknown) == (body["model"], ())
