"""What the source tree promises as a whole: one version, no package index named anywhere."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import reelgate

ROOT = Path(__file__).parents[2]
LONG_MODULE = 300
PIN_FILES = [ROOT / "constraints.txt", *sorted((ROOT / "scripts" / "clients").glob("*.txt"))]
NAMED_TWICE = {
    "ClientError": "the client's own, by the names of the server's errors",
    "RateLimited": "likewise",
    "WrongKey": "likewise",
    "NotFound": "likewise; a vendor's verdict beside it",
}
"""Public classes of one name in different rooms, and why. The simulator's vendors are named as their dialects."""
PACKAGE_INDEX = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.]|jsdelivr[.]|unpkg[.]com|/simple[/\"' ]|--(extra-)?index-url|--find-links|"
    r"PIP_(EXTRA_)?INDEX|tuna[.]tsinghua|mirrors[.]aliyun"
)


def files() -> Iterator[Path]:
    """Yield every file that belongs to the project."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    for folder in ("src", "tests", "scripts", "bench", "docs", ".ci"):
        yield from (p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts)


@pytest.mark.filterwarnings("default::UserWarning")
def test_a_long_module_is_named_in_a_warning() -> None:
    """An idea decides a module's size; a long one is worth a look, no more."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        lines = len(path.read_text().splitlines())
        if lines > LONG_MODULE:
            warnings.warn(f"{path.relative_to(ROOT)} has {lines} lines: does it still hold one idea?", stacklevel=1)


def test_classes_of_one_name_have_a_reason() -> None:
    """A name means one thing, wherever it is read."""
    source, homes = ROOT / "src" / "reelgate", defaultdict(set)
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).parts
        if parts[0] != "testing" and "_sync" not in parts:  # generated from `_async`
            for name in re.findall(r"^class ([A-Z]\w*)", path.read_text(), re.MULTILINE):
                homes[name].add(path)
    assert {name for name, where in homes.items() if len(where) > 1} == set(NAMED_TWICE)


def test_every_name_of_a_module_is_used() -> None:
    """What only tests use belongs to them. A decorator registers what it marks, so that is used."""
    words: Counter[str] = Counter()
    for folder in ("src", "scripts", "bench", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".js", ".toml"} and "_sync" not in path.parts:
                words.update(re.findall(r"\w+", path.read_text("utf-8")))
    unused = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "src").rglob("*.py")
        if "_sync" not in path.parts
        for name in _defined(ast.parse(path.read_text("utf-8")))
        if words[name] == 1 and not name.startswith("__")
    }
    assert unused == set()


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_nothing_that_is_tracked_is_ignored() -> None:
    """A source distribution leaves out what `.gitignore` names, and `make docs` in one would miss its pictures."""
    asked = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""


def test_no_package_index_is_named() -> None:
    """Where packages come from is the business of each machine's own pip."""
    naming = set()
    for path in files():
        text = path.read_bytes().decode(errors="replace")
        if PACKAGE_INDEX.search(text):
            naming.add(str(path.relative_to(ROOT)))
    assert naming <= {str(Path(__file__).relative_to(ROOT))}


def test_the_source_distribution_has_every_folder() -> None:
    """Every verb of the Makefile works from it, the tests and the TypeScript client too."""
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"][
        "include"
    ]
    written = {"out", "site", "dist", "node_modules", "data"}  # by the verbs themselves
    folders = {one.name for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith(".")} - written
    assert folders <= set(included)


def test_there_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    changes = re.findall(r"^## \[?([0-9]+[.][0-9]+[.][0-9]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    versions = {project["version"], reelgate.__version__, changes[0], importlib.metadata.version("reelgate")}
    assert versions == {reelgate.__version__}


@pytest.mark.parametrize("file", PIN_FILES, ids=lambda file: file.name)
def test_every_pin_is_a_plain_one(file: Path) -> None:
    pins = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin)] == []
    assert pins == sorted(pins, key=lambda pin: pin.partition("==")[0])


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    extras = [spec for specs in project["project"]["optional-dependencies"].values() for spec in specs]
    wanted = project["project"]["dependencies"] + groups["dev"] + groups["docs"] + project["build-system"]["requires"]
    names = {re.split(r"[<>=;\[ ]", spec)[0] for spec in wanted + extras}
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert names - pinned == set()
