"""What can be set is said once: the command line, its environment and the documentation derive from it."""

from __future__ import annotations

import os

import pytest
import typer

from reelgate.cli import app
from reelgate.settings import ANY_ORIGIN, ServerRole, Settings, options, read_settings

NOT_SET_BY_OPERATORS = {"vendors", "local_url"}


def test_every_setting_is_an_option_with_its_default() -> None:
    serve = typer.main.get_command(app()).commands["serve"]  # type: ignore[attr-defined]
    given = {parameter.name: parameter.default for parameter in serve.params}

    assert set(options()) == set(Settings.__struct_fields__) - NOT_SET_BY_OPERATORS == set(given)
    assert read_settings(given) == Settings(workers=os.cpu_count() or 1)
    assert all(parameter.envvar or parameter.name == "restored" for parameter in serve.params)


def test_a_server_that_moves_no_tasks_refuses_to_look_after_a_restored_journal() -> None:
    with pytest.raises(ValueError, match=r"^--restored: .*--role all or work"):
        read_settings({"restored": True, "role": ServerRole.API})
    assert read_settings({"restored": True, "role": ServerRole.WORK}).restored


def test_what_was_given_is_read_or_refused_by_the_option_s_name() -> None:
    read = read_settings({"cors_origins": ["https://a.example"], "media_networks": ["10.0.0.0/8"], "port": 9})

    assert (read.cors_origins, read.media_networks, read.port) == (("https://a.example",), ("10.0.0.0/8",), 9)
    assert (read_settings({"cors_origins": ["none"]}).cors_origins, read_settings({}).cors_origins) == (
        (),
        (ANY_ORIGIN,),
    )
    for name, wrong in (("cors_origins", ["example.com"]), ("public_url", "ftp://a"), ("public_url", "https://u@a")):
        with pytest.raises(ValueError, match=r"^--(cors-origin|public-url): "):
            read_settings({name: wrong})
