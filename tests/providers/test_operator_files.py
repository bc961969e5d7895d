"""Where in a TOML file something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelgate.catalog import load
from reelgate.operator_files import FileError, field_in, line_of
from reelgate.providers.configured import configured

TEXT = '''# accounts
[[account]]
kind = "vidu"
key = """
[[account]]
"""

[[account]]
kind = "openai_videos"  # an engine

name = "gpu"
base_urls = [
  "http://a/v1",
  # the other
  "http://b/v1",
]
[account.options]
profile = "vllm_omni"

[standin."sora-2"]
models = ["wan2.7-t2v"]
price = { "720p" = 1 }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("account", 0), 2),
        (("account", 0, "kind"), 3),
        (("account", 0, "key"), 4),
        (("account", 1), 8),
        (("account", 1, "name"), 11),
        (("account", 1, "base_urls"), 12),
        (("account", 1, "options", "profile"), 18),
        (("account", 1, "nosuch"), 8),
        (("standin", "sora-2", "price", "720p"), 22),
        (("nosuch",), 0),
    ],
)
def test_the_line_of_a_value_is_that_on_which_it_begins(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_the_line_is_found_in_a_long_file_too() -> None:
    rows = "".join(f'[[account]]\nkind = "vidu"\nname = "v{number}"\n' for number in range(2000))
    assert line_of(rows, ("account", 1500, "name")) == 4503


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("Object contains unknown field `keyy`", "keyy"),
        ("Object missing required field `kind`", "kind"),
        ("Expected `int | null`, got `str` - at `$.at_once`", "at_once"),
        ("Object contains unknown field `x` - at `$.price`", "price.x"),
        ("key_env: the environment has no K", "key_env"),
        ("it is wrong", ""),
    ],
)
def test_the_field_is_read_from_what_is_said(told: str, field: str) -> None:
    assert field_in(told) == field


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ('[[account]]\nkind = "vidu"\n\nat_once = "x"\n', "at_once", 4),
        ('[[account]]\nkind = "vidu"\nkey = "a"\nkeyy = "b"\n', "keyy", 4),
        ('[[account]]\nname = "a"\n', "kind", 1),
        ('[[account]]\nkind = "nosuch"\n', "kind", 2),
        ('[[account]]\nkind = "vidu"\nkey_env = "NONE"\n', "key_env", 3),
        ('[[account]]\nkind = "vidu"\nbase_url = "ftp://x"\n', "base_url", 3),
        ('[[account]]\nkind = "ark"\nbase_urls = ["http://a"]\n', "base_urls", 3),
        ('[[account]]\nkind = "vidu"\nkey = "a"\n[[account]]\nkind = "vidu"\nkey = "b"\n', "name", 4),
        ("[[acount]]\n", "acount", 1),
        ("[[account]]\nkind = \n", "", 2),
        ('\n[standin."sora-2"]\npicture = "huge"\n', "picture", 3),
        ('\n[standin."sora-2"]\nmodels = ["nosuch"]\n', "models", 3),
        ('\n[standin."sora-x"]\nenabled = true\n', "like", 2),
        ("standin = 3\n", "standin", 1),
    ],
)
def test_what_is_wrong_in_the_operator_s_file_has_its_field_and_line(
    tmp_path: Path, text: str, field: str, line: int
) -> None:
    file = tmp_path / "reelgate.toml"
    file.write_text(text)

    def read() -> None:
        load(None, file)
        configured({}, file)

    with pytest.raises(FileError) as refused:
        read()

    assert (refused.value.field, refused.value.line) == (field, line)
    assert str(file) in str(refused.value)
