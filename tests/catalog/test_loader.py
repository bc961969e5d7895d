from __future__ import annotations

from pathlib import Path

import pytest

from reelgate.catalog import CatalogError, load
from tests.catalog.requests import ROWS

ROW = """
[[model]]
use = "wan"
id = "wan9-t2v"
title = "Wan 9"
modes.text = {}
"""


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_one_row_adds_a_model(tmp_path: Path) -> None:
    catalog = load(folder(tmp_path, ROW))
    added = catalog.find("wan9-t2v", "apiyi")
    assert added is not None
    assert (added.title, added.negative_prompt_max, added.price.per_second["720p"]) == ("Wan 9", 500, 84_000)
    assert len(list(catalog)) == len(ROWS) + 1


def test_an_operators_row_replaces_the_shipped_one(tmp_path: Path) -> None:
    catalog = load(folder(tmp_path, ROW.replace("wan9", "wan2.7") + "price.per_second.720p = 1\n"))
    model = catalog.of("wan2.7-t2v", "apiyi")
    assert model.price.per_second == {"720p": 1, "1080p": 140_000}
    assert len(list(catalog)) == len(ROWS)


def test_one_row_stands_for_every_combination(tmp_path: Path) -> None:
    rows = ROW.replace('"wan9-t2v"', '"wan{version}-{tier}"') + (
        'for.version = ["8", "9"]\nfor.tier = ["720p", "1080p"]\n'
        'resolutions = ["{tier}"]\ndefault_resolution = "{tier}"\n'
    )
    catalog = load(folder(tmp_path, rows))
    added = [model for model in catalog if model.id.startswith(("wan8", "wan9"))]
    assert [(model.id, model.resolutions) for model in added] == [
        ("wan8-720p", ("720p",)),
        ("wan8-1080p", ("1080p",)),
        ("wan9-720p", ("720p",)),
        ("wan9-1080p", ("1080p",)),
    ]


def test_a_placeholder_alone_keeps_its_values_type(tmp_path: Path) -> None:
    rows = ROW.replace('"wan9-t2v"', '"{name}"') + (
        'for = [{ name = "short", most = 5 }, { name = "long", most = 60 }]\nduration.max = "{most}"\n'
    )
    catalog = load(folder(tmp_path, rows))
    assert [catalog.of(name, "apiyi").duration.max for name in ("short", "long")] == [5, 60]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW + "duration.min = 'two'\n", r"Expected `int`, got `str` - at `\$.duration.min`"),
        (ROW.replace('"wan"', "3"), "use: Expected `str | array`, got `int`"),
        (ROW + 'for.tier = "720p"\n', "for: Expected `array`, got `str`"),
        (ROW + "surprise = 1\n", "unknown field `surprise`"),
        (ROW.replace('title = "Wan 9"', ""), "missing required field `title`"),
        (ROW.replace('"wan"', '"wam"'), r'use: there is no \[shared."wam"\]'),
        (ROW.replace("Wan 9", "Wan {version}"), "`for` gives no 'version'"),
        (ROW.replace("Wan 9", "Wan {n.x}") + "for.n = [9]\n", "between braces stands a name of the row's `for`"),
        (ROW.replace("Wan 9", "Wan {n[x]}") + "for.n = [9]\n", "between braces stands a name of the row's `for`"),
        (ROW + 'default_resolution = "480p"\n', "default_resolution: it must be one of `resolutions`"),
        (ROW + 'default_ratio = "2:1"\n', "default_ratio: it must be one of `ratios`"),
        (ROW + 'resolutions = ["720p", "540p"]\n', "price.per_second: it has nothing for 540p"),
        (ROW + "price.per_second.720p = 0\n", "price.per_second: it has nothing for 720p"),
        (
            ROW + 'resolutions = ["720p", "540p"]\nprice.per_second.540p = 1\n',
            "shapes: dashscope has no sizes for 540p",
        ),
        (ROW + "duration.max = 1\n", "duration: min is above max"),
        (ROW.replace("modes.text = {}", "modes = {}"), "modes: at least one is needed"),
    ],
)
def test_a_mistake_is_named_by_file_row_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogError, match=r"own\.toml: model row 1 \(wan9-t2v\): .*" + said):
        load(folder(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[model]\n", "own.toml: .*line 1"),
        ("[models]\n", r"own.toml: .*unknown field `models`"),
        ("[model]\n", r"own.toml: Expected `array`, got `object` - at `\$.model`"),
        ("shared.mine = 1\n", r"own.toml: Expected `object`, got `int` - at `\$.shared"),
        ("[shared.wan]\n", r'own.toml: \[shared."wan"\]: another file has a table of this name'),
        ('[shared.a]\nuse = "b"\n[shared.b]\nuse = "a"\n[[model]]\nuse = "a"\n', "row 1 .*in a circle"),
        (ROW + ROW, "model row 2 .*apiyi has another row for wan9-t2v"),
    ],
)
def test_a_file_that_contradicts_itself_or_others_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        load(folder(tmp_path, text))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="nowhere is not a folder"):
        load(tmp_path / "nowhere")
