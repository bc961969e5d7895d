"""Addresses as hosters print them, for PostgreSQL's own client."""

from __future__ import annotations

import pytest

from reelgate.limits import STORE_CONNECT_SECONDS
from reelgate.tasks.postgres_address import read_address

SERVER = "postgresql://user:p%40ss@ep-1.example.com:5432/db"


@pytest.mark.parametrize(
    "query",
    [
        "channel_binding=prefer",
        "keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3",
        "gssencmode=prefer&sslsni=1&sslcompression=0",
        "tcp_user_timeout=1000&load_balance_hosts=random&client_encoding=utf8&fallback_application_name=psql",
    ],
)
def test_what_speaks_of_the_connection_alone_is_taken_out(query: str) -> None:
    assert read_address(f"{SERVER}?{query}") == (SERVER, STORE_CONNECT_SECONDS, False, False, False)


def test_what_the_driver_or_the_server_reads_stays() -> None:
    query = "sslmode=require&application_name=reelgate&search_path=a&options=-c+statement_timeout%3D5s&host=%2Frun%2Fpg"

    assert read_address(f"{SERVER}?{query}").url == f"{SERVER}?{query}"


@pytest.mark.parametrize(("stated", "seconds"), [("10", 10.0), ("1", 2.0), ("0", 86400.0)])
def test_the_time_to_connect_is_the_one_that_is_stated(stated: str, seconds: float) -> None:
    assert read_address(f"{SERVER}?connect_timeout={stated}&sslmode=require") == (
        f"{SERVER}?sslmode=require",
        seconds,
        False,
        False,
        False,
    )


def test_other_words_for_the_same_are_understood() -> None:
    assert read_address(f"{SERVER}?sslnegotiation=direct").direct_tls
    assert read_address(f"{SERVER}?requiressl=1").url == f"{SERVER}?sslmode=require"
    assert read_address(f"{SERVER}?hostaddr=10.0.0.1").url == f"{SERVER}?host=10.0.0.1"
    assert read_address(f"{SERVER}?channel_binding=require").bound


@pytest.mark.parametrize("query", ["pgbouncer=true", "prepareThreshold=0", "statement_cache_size=0"])
def test_a_pooler_is_known_by_what_its_addresses_say(query: str) -> None:
    assert read_address(f"{SERVER}?{query}")[:4] == (SERVER, STORE_CONNECT_SECONDS, False, True)


@pytest.mark.parametrize("query", ["gssencmode=require", "connect_timeout=soon"])
def test_what_can_t_be_kept_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=query.partition("=")[0]):
        read_address(f"{SERVER}?{query}")
