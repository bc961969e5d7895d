"""Renders pages: autoescaped templates, in the visitor's language and theme, with headers that allow nothing else."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reelgate.console import words
from reelgate.tasks.states import State

LANGUAGE, THEME, VIEW = "reelgate_language", "reelgate_theme", "reelgate_view"
"""Cookies of what a visitor chose."""
THEMES = ("dark", "light")
VIEWS = ("gallery", "table")
"""How the list of tasks is shown; the first is the default."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "webp": "image/webp"}

STATES: Mapping[State, tuple[str, str]] = {
    State.QUEUED: ("Waiting", "wait"),
    State.SUBMITTING: ("Sending", "run"),
    State.UNKNOWN: ("Unknown", "unknown"),
    State.RUNNING: ("Drawing", "run"),
    State.COLLECTING: ("Fetching", "run"),
    State.SUCCEEDED: ("Done", "done"),
    State.FAILED: ("Failed", "fail"),
    State.CANCELLED: ("Cancelled", "off"),
    State.EXPIRED: ("Expired", "off"),
}
"""Each state's word for people, and its colour and shape."""


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("reelgate.console")
    made = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(money=words.money, moment=words.moment_of, since=words.since, plain=words.plain, day=words.day)
    made.filters.update(
        ago=words.ago_of,
        brief=words.brief,
        stamp=words.stamp,
        number=words.number,
        listed=words.listed,
        title_of=words.title,
        refusal=words.refusal,
    )
    made.globals.update(_=words.translated, counted=words.counted, languages=words.LANGUAGES)
    made.globals.update(asset=asset_address)
    return made


@functools.cache
def _assets() -> Mapping[str, tuple[bytes, str, str]]:
    """Return the console's files by name. Only these are kept: strangers may ask for any number of other names."""
    found = {}
    for file in resources.files(__package__).joinpath("static").iterdir():
        kind = _TYPES.get(file.name.rpartition(".")[2])
        if kind and file.is_file():
            data = file.read_bytes()
            found[file.name] = data, kind, hashlib.sha256(data).hexdigest()[:12]
    return found


def asset(name: str) -> tuple[bytes, str, str] | None:
    """Return a file of the console, its type and its version; None if there is no such file."""
    return _assets().get(name)


def asset_address(name: str) -> str:
    """Return the address of a file, with its version, so that it may be kept for ever."""
    found = asset(name)
    return f"/console/static/{name}?v={found[2] if found else ''}"


@functools.cache
def _packed(name: str) -> bytes:
    """Return a file in gzip. These hold no secret, whose length packing could tell; pages do, and go as they are."""
    found = asset(name)
    return gzip.compress(found[0], mtime=0) if found else b""


def served(request: Request, name: str) -> Response:
    """Answer with a file of the console, in gzip for clients that accept it; 404 if there is none."""
    found = asset(name)
    if found is None:
        return Response(status_code=404, headers=_HEADERS)
    data, kind, _ = found
    headers = {**_HEADERS, "cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    takes = {coding.partition(";")[0].strip() for coding in request.headers.get("accept-encoding", "").split(",")}
    if "gzip" in takes and len(packed := _packed(name)) < len(data):
        data, headers["content-encoding"] = packed, "gzip"
    return Response(data, media_type=kind, headers=headers)


def language_of(request: Request) -> str:
    """Return the language that a visitor chose, else the browser's."""
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in words.LANGUAGES else words.wished(request.headers.get("accept-language", ""))


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Render a whole page, or a piece of one."""
    words.speak(language_of(request))
    theme = request.cookies.get(THEME, "")
    address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    shown = {
        "theme": theme if theme in THEMES else "",
        "language": words.spoken(),
        "path": request.url.path,
        "here": address if request.method == "GET" else request.url.path,
    }
    text = _environment().get_template(template).render({**shown, **values})
    return HTMLResponse(text, status, headers={**_HEADERS, "cache-control": "no-store"})
