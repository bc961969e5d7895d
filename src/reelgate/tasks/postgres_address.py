"""The parameters of a PostgreSQL address.

Hosters print addresses for libpq, PostgreSQL's own client. The driver knows most of libpq's parameters and takes the
others for settings of the server, which refuses them. So those that speak of the connection are taken out here.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from reelgate.limits import STORE_CONNECT_SECONDS

_OF_LIBPQ = frozenset(
    {
        "client_encoding",
        "fallback_application_name",
        "gssdelegation",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "require_auth",
        "sslcertmode",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)
"""What the driver does in its own way, or leaves to the system."""

_POOLERS = {
    "pgbouncer": "true",
    "prepared_statements": "false",
    "prepareThreshold": "0",
    "statement_cache_size": "0",
}
"""How the addresses of poolers tell various drivers that a connection keeps nothing between two transactions."""

_RENAMED = {"min_protocol_version": "", "max_protocol_version": "", "hostaddr": "host"}


class Address(NamedTuple):
    """An address as the driver takes it, and what goes beside it."""

    url: str
    connect_seconds: float
    direct_tls: bool
    pooled: bool
    """Whether a pooler in transaction mode is known to stand before the server."""
    bound: bool
    """Whether channel binding was asked for that the driver can't do."""


def read_address(url: str) -> Address:
    """Read an address. Raises ValueError for a parameter that can't be kept."""
    parts = urlsplit(url)
    kept: list[tuple[str, str]] = []
    seconds, direct, pooled, bound = STORE_CONNECT_SECONDS, False, False, False
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name == "connect_timeout":
            seconds = _seconds(value)
        elif name == "sslnegotiation":
            direct = value == "direct"
        elif name == "requiressl":
            kept += [("sslmode", "require")] if value == "1" else []
        elif name == "channel_binding":
            bound = value == "require"
        elif name == "gssencmode":
            if value == "require":
                raise ValueError("gssencmode=require: the driver does not encrypt by GSSAPI; say sslmode=require")
        elif name in _POOLERS:
            pooled = pooled or value.lower() == _POOLERS[name]
        elif name not in _OF_LIBPQ and _RENAMED.get(name, name):
            kept.append((_RENAMED.get(name, name), value))
    clean = urlunsplit(parts._replace(query=urlencode(kept)))
    return Address(clean, seconds, direct, pooled, bound)


def _seconds(text: str) -> float:
    """Return libpq's connect_timeout, whose 0 and less mean for ever; here a day."""
    try:
        seconds = int(text)
    except ValueError:
        raise ValueError(f"connect_timeout is {text!r}; give a whole number of seconds") from None
    return float(max(seconds, 2)) if seconds > 0 else 86400.0  # as libpq: a second is too short to mean it
