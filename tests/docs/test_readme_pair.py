"""The English and the Chinese README say the same."""

from __future__ import annotations

import re

from tests.docs.pages import README, README_ZH, blocks, prose, read


def test_the_code_blocks_are_the_same() -> None:
    assert blocks(README_ZH) == blocks(README)


def test_the_headings_have_the_same_levels() -> None:
    english, chinese = (re.findall(r"^(#+) ", prose(page), re.MULTILINE) for page in (README, README_ZH))
    assert chinese == english


def test_the_tables_have_the_same_rows() -> None:
    english, chinese = ([line.count("|") for line in table_rows(read(page))] for page in (README, README_ZH))
    assert chinese == english


def table_rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_links_are_the_same() -> None:
    english, chinese = (
        {link.replace(".zh-CN", "") for link in re.findall(r"\]\(([^)]+)\)", read(page))}
        for page in (README, README_ZH)
    )
    assert chinese == english
