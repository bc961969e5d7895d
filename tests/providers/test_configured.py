"""Accounts from the environment and the operator's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelgate.providers.configured import ConfigError, configured, host_of


@pytest.mark.parametrize(
    "address", ["localhost:8091", "ftp://engine/v1", "http://", "http://[::1/v1", "http://engine:99999/v1"]
)
def test_what_is_no_address_is_said_at_the_start(address: str) -> None:
    with pytest.raises(ConfigError, match="is not an http:// or https:// address"):
        configured({"OPENAI_VIDEOS_BASE_URL": address}, None)


def test_a_password_in_an_address_is_refused_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "reelgate.toml"
    file.write_text('[[account]]\nkind = "openai_videos"\nbase_url = "http://me:hidden@engine:8091/v1"\n')

    with pytest.raises(ConfigError, match="base_url must not carry a user name or password") as refused:
        configured({}, file)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("http://Engine:8091/v1", ("engine", 8091)),
        ("http://10.0.0.5/v1", ("10.0.0.5", 80)),
        ("https://relay.example", ("relay.example", 443)),
    ],
)
def test_an_account_is_reached_at_one_port(address: str, server: tuple[str, int]) -> None:
    (account,) = configured({"OPENAI_VIDEOS_BASE_URL": address}, None)

    assert host_of(account) == server


REPLICAS = """[[account]]
kind = "openai_videos"
name = "gpu"
at_once = 2
options = { profile = "vllm_omni" }
base_urls = ["http://10.0.0.5:8091/v1/", "http://10.0.0.6:8091/v1"]
"""


def test_an_account_with_several_addresses_is_one_for_each(tmp_path: Path) -> None:
    file = tmp_path / "reelgate.toml"
    file.write_text(REPLICAS)

    found = configured({}, file)

    assert [account.name for account in found] == ["gpu@10.0.0.5:8091", "gpu@10.0.0.6:8091"]
    assert [account.base_url for account in found] == ["http://10.0.0.5:8091/v1", "http://10.0.0.6:8091/v1"]
    assert all(account.replica and account.at_once == 2 for account in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (REPLICAS + 'base_url = "http://engine/v1"\n', "base_url and base_urls"),
        (REPLICAS.replace("10.0.0.6", "10.0.0.5"), "two accounts are called gpu@10.0.0.5:8091"),
        (REPLICAS.replace("http://10.0.0.6", "ftp://10.0.0.6"), "is not an http:// or https:// address"),
        (REPLICAS.replace("openai_videos", "ark").replace("at_once = 2", 'key = "k"'), "ark is one service"),
        (REPLICAS.replace("openai_videos", "diffusers"), "diffusers is one service"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "reelgate.toml"
    file.write_text(text)

    with pytest.raises(ConfigError, match=told):
        configured({}, file)
