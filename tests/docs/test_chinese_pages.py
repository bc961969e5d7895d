"""The Chinese pages: which there are, that they say what the English ones say, and how they are typeset."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate import errors
from tests.docs.pages import PAGES, README_ZH, ROOT, blocks, prose, read

CHINESE = [page for page in PAGES if page.name.endswith(".zh-CN.md") and page != README_ZH]
PROMISED = {
    "agents",
    "api",
    "client",
    "clients",
    "command-line",
    "console",
    "deploying",
    "errors",
    "events",
    "index",
    "operating",
    "quickstart",
    "sketch-first",
    "sora",
    "typescript",
    "vendors",
    "watching",
    "webhooks",
}
PAIRS = [page for page in CHINESE if "reference" not in page.parts]


def english(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh-CN.md", ".md"))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_promised_pages_exist() -> None:
    assert {page.name.partition(".")[0] for page in CHINESE} >= PROMISED


@pytest.mark.parametrize("page", [page for page in CHINESE if page.name.partition(".")[0] in PROMISED], ids=name)
def test_a_page_and_its_english_one_lead_to_each_other_and_run_the_same_commands(page: Path) -> None:
    assert f"[English]({english(page).name})" in read(page)
    for language in ("sh", "python", "ts", "nginx", "caddy", "haproxy"):
        assert blocks(page, language) == blocks(english(page), language)


@pytest.mark.parametrize("page", PAIRS, ids=name)
def test_the_english_page_leads_to_the_chinese_one(page: Path) -> None:
    assert f"[中文]({page.name})" in read(english(page))


@pytest.mark.parametrize("page", [*CHINESE, README_ZH], ids=name)
def test_a_chinese_page_leads_to_chinese_pages(page: Path) -> None:
    links = re.findall(r"\[([^\]]*)\]\((?!https?://)([^)#]+\.md)(?:#[^)]*)?\)", read(page))
    chinese = {path for title, path in links if title != "English" and ".zh-CN" not in path}
    assert {path for path in chinese if (page.parent / path.replace(".md", ".zh-CN.md")).exists()} == set()


@pytest.mark.parametrize("page", [page for page in PAIRS if page.name.partition(".")[0] in PROMISED], ids=name)
def test_the_tables_have_the_same_rows(page: Path) -> None:
    chinese, theirs = (
        [line.count("|") for line in prose(one).splitlines() if line.startswith("|")] for one in (page, english(page))
    )
    assert chinese == theirs


@pytest.mark.parametrize("page", [*CHINESE, README_ZH], ids=name)
def test_punctuation_after_chinese_is_full_width(page: Path) -> None:
    wrong = re.findall(r".{0,12}[\u4e00-\u9fff][,;:!?](?!//).{0,6}|.{0,12}[\u4e00-\u9fff]\.(?:\s|$)", _text(page))
    assert wrong == []


def _text(page: Path) -> str:
    """Return a page's sentences, without code."""
    return re.sub(r"`[^`]*`", "", prose(page))


@pytest.mark.filterwarnings("default::UserWarning")
def test_the_chinese_page_of_errors_is_right_and_names_what_it_lacks_in_a_warning() -> None:
    page = read(ROOT / "docs/reference/errors.zh-CN.md")
    rows = set(re.findall(r"^\| `(\w+)` \| (\d+) \| `(\w+)` \|", page, re.MULTILINE))
    known = {(kind.__name__, str(kind.status), kind.code) for kind in _every(errors.ReelgateError)}
    assert rows <= known
    assert len(rows) >= 40
    for missing in sorted(known - rows):
        warnings.warn(f"docs/reference/errors.zh-CN.md has no row for {missing[0]}", stacklevel=1)


def _every(kind: type[errors.ReelgateError]) -> Iterator[type[errors.ReelgateError]]:
    yield kind
    for inner in kind.__subclasses__():
        if inner.__module__.startswith(f"{errors.__name__}."):
            yield from _every(inner)
