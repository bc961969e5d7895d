"""What an operator says of a fleet of renderers, without any."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from reelgate.fleet.settings import Renders, renders_of
from reelgate.providers.configured import configured


def test_renders_stay_here_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    config = tmp_path / "reelgate.toml"
    config.write_text('[renders]\nengine = "here"\n')
    assert renders_of(None) == renders_of(config) == Renders()
    assert configured({}, config) == ()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('engine = "ray"', "renders: address: engine ray needs the cluster's, such as 10.0.0.1:6379"),
        ('engine = "slurm"', "Invalid enum value 'slurm'"),
        ("at_once = 0", "Expected `int` >= 1"),
        ("nodes = 3", "unknown field `nodes`"),
    ],
)
def test_what_means_nothing_is_refused_with_the_file_and_the_field(tmp_path: Path, said: str, why: str) -> None:
    config = tmp_path / "reelgate.toml"
    config.write_text(f"[renders]\n{said}\n")
    with pytest.raises(ValueError, match=str(config)) as refused:
        renders_of(config)
    assert why in str(refused.value)


def test_without_ray_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "reelgate.toml"
    config.write_text('[renders]\nengine = "ray"\naddress = "10.0.0.1:6379"\n')
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError) as missing:
        renders_of(config)
    assert missing.value.name == "ray"
