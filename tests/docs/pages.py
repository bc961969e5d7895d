"""The project's pages, and the code blocks in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
README_ZH = ROOT / "README.zh-CN.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(page: Path) -> str:
    """Return a page's text."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str | None = None) -> list[str]:
    """Return the fenced code blocks of a page, of one language or of all."""
    return [text for name, text in _BLOCK.findall(read(page)) if language in (None, name)]


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return _BLOCK.sub("", read(page))


def commands(page: Path) -> list[str]:
    """Return the shell lines of a page, with lines that are continued joined and comments left out."""
    joined = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    return [line.split(" #", 1)[0].strip() for line in joined.splitlines()]
