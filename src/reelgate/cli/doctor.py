"""`reelgate doctor`: looks at a set-up and says what to do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

import httpx2
import typer

from reelgate import __version__, limits
from reelgate.cli.options import AT_SERVER, AtServer, takes_groups
from reelgate.cli.problems import FAILED
from reelgate.client import ApiError
from reelgate.client.addresses import key_header, server_address
from reelgate.server.data_folder import kept_media

OK, ADVICE, WRONG = "ok", "advice", "wrong"
_STYLES = {OK: typer.colors.GREEN, ADVICE: typer.colors.YELLOW, WRONG: typer.colors.RED}
_CLOCK_SECONDS = 30
_TIMEOUT_SECONDS = 10.0
_EXTRAS = {"server": "uvicorn", "postgres": "asyncpg", "s3": "obstore", "ray": "ray", "otel": "opentelemetry"}
_EXTRAS |= {"mcp": "mcp", "diffusers": "diffusers"}


class Finding(NamedTuple):
    """One thing that was looked at."""

    state: str
    about: str
    words: str


@takes_groups
def doctor(server: AtServer = AT_SERVER) -> None:
    """Check the installation, the data folder, the server and the key, and say what to do."""
    found = [*_installation(), *_folder(server.data), *_server(server.url, server.key, server.data)]
    if server.as_json:
        typer.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            state = typer.style(f"{one.state:7}", _STYLES[one.state])
            typer.echo(f"{state}{one.about:12} {one.words}", color=False if os.environ.get("NO_COLOR") else None)
    if any(one.state == WRONG for one in found):
        raise typer.Exit(FAILED)


def _installation() -> Iterator[Finding]:
    there = [name for name, module in _EXTRAS.items() if importlib.util.find_spec(module) is not None]
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(OK, "reelgate", f"{__version__}, Python {python}, extras: {', '.join(there) or 'none'}")


def _folder(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        yield Finding(
            ADVICE,
            "data folder",
            f"none at {data}: correct if the server runs on another machine; otherwise give --data",
        )
        return
    try:
        kept = [one.name for one in data.iterdir()]
    except OSError as error:
        yield Finding(WRONG, "data folder", f"{data} can't be read ({error.strerror}): run this as the server's user")
        return
    mode = data.stat().st_mode & 0o777
    if mode & 0o077:
        yield Finding(ADVICE, "data folder", f"other users can enter {data} (mode {mode:o}); chmod 700 {data}")
    elif not os.access(data, os.W_OK):
        yield Finding(WRONG, "data folder", f"{data} can't be written by this user")
    else:
        yield Finding(OK, "data folder", f"{data}, {len(kept)} entries, open to this user only")
    yield _room("disk", data)
    files = kept_media(data)
    if files and "://" not in files and Path(files).is_dir():
        yield _room("files' disk", Path(files))


def _room(about: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // 2**20
    full = free < limits.KEEP_FREE_MB
    told = f"; creates are refused below {limits.KEEP_FREE_MB} MB: make room or see --keep" if full else ""
    return Finding(WRONG if full else OK, about, f"{free} MB free{told}")


def _server(url: str, key: str, data: Path) -> Iterator[Finding]:
    try:
        address = server_address(url)
    except ValueError as error:
        yield Finding(WRONG, "server", f"{error}; give it with --url")
        return
    try:
        with httpx2.Client(base_url=address, timeout=_TIMEOUT_SECONDS) as http:
            ready = http.get("/readyz")
            parts = _parts(ready)
            if parts is None:
                yield Finding(WRONG, "server", f"{url} answers, but it is not Reelgate (HTTP {ready.status_code})")
                return
            yield Finding(OK if ready.is_success else WRONG, "server", f"{url}: {parts or ready.status_code}")
            yield from _clock(ready)
            yield from _key(http, key, data)
    except httpx2.TransportError as error:
        yield Finding(WRONG, "server", f"nothing answers at {url} ({error}): start it with reelgate serve, or --url")


def _parts(ready: httpx2.Response) -> str | None:
    """Return what a server says of its parts, None where it is not Reelgate."""
    try:
        told = ready.json()
    except ValueError:
        return None
    if not isinstance(told, dict) or "status" not in told:
        return None
    return ", ".join(f"{name} {value}" for name, value in told.items() if isinstance(value, str))


def _clock(answer: httpx2.Response) -> Iterator[Finding]:
    stamp = answer.headers.get("date")
    if stamp:
        apart = abs(parsedate_to_datetime(stamp).timestamp() - time.time())
        if apart > _CLOCK_SECONDS:
            yield Finding(
                WRONG,
                "clock",
                f"the server's differs from this machine's by {apart:.0f} s: signatures expire at the wrong time",
            )


def _key(http: httpx2.Client, key: str, data: Path) -> Iterator[Finding]:
    if not key:
        try:
            key = (data / "key").read_text().strip()
        except OSError:
            yield Finding(ADVICE, "key", "none given: give --key or REELGATE_KEY to check it too")
            return
    try:
        headers = key_header("Bearer", key)
    except ValueError as error:
        yield Finding(WRONG, "key", str(error))
        return
    models = http.get("/v1/models", headers=headers)
    if models.status_code == 401:
        yield Finding(WRONG, "key", "the server does not know it: reelgate keys list, or keys add")
        return
    if not models.is_success:
        yield Finding(WRONG, "key", f"the server does not list its models for it: {ApiError.of(models)}")
        return
    yield Finding(OK, "key", f"opens {len(models.json()['data'])} models")
    balance = http.get("/v1/balance", headers=headers)
    if balance.is_success:
        left = balance.json()["available_micros"]
        empty = left is not None and left <= 0
        told = "no limit on the balance" if left is None else f"{left / 1_000_000:g} USD available"
        yield Finding(WRONG if empty else OK, "balance", told + ("; reelgate ledger topup adds to it" if empty else ""))
