"""Links between the project's own pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, prose, read


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and MkDocs make them for plain titles."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    named = re.findall(r'<a id="([^"]+)"></a>', prose(page))
    return {*named, *(re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip()) for title in titles)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\((?!https?://|mailto:)([^)]+)\)", read(page)):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
        chinese = found.with_name(found.name.replace(".md", ".zh-CN.md"))  # the site shows it in the page's place
        if anchor and chinese.exists() and anchor not in anchors(chinese):
            broken.append(f"{target} in {chinese.name}")
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_table_stands_apart(page: Path) -> None:
    """A line right after a table would be a row of it."""
    assert re.findall(r"^\|.*\n(?!\||\n).+", prose(page), re.MULTILINE) == []


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = [str(page.relative_to(ROOT / "docs")) for page in PAGES if page.is_relative_to(ROOT / "docs")]
    pages = [page.replace(".zh-CN.md", ".md") for page in pages]
    assert [page for page in pages if f"- {page}\n" not in navigation] == []
