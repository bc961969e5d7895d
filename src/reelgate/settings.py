"""What an operator can set, each setting once: the options of `reelgate serve`, the environment and the documentation
derive from the fields of `Settings`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec

from reelgate import limits
from reelgate.request import Codec

_WEB = ("http", "https")

ANY_ORIGIN = "*"
"""Every page may call: what an API needs whose callers prove themselves by a key in a header."""


class Drawing(StrEnum):
    """Which models the built-in engine draws. Its own model, `animatic`, is drawn unless it is off."""

    AUTO = "auto"
    """Every model if no account is set up, otherwise only its own: no client pays a vendor's price for a sketch."""
    ALWAYS = "always"
    """Every model that no account makes."""
    ONLY_ASKED = "only-asked"
    OFF = "off"


class MarkText(StrEnum):
    """Whose words a mark at the bottom right is drawn in."""

    ENGINE = "engine"
    MODEL = "model"


class LogLevel(StrEnum):
    """From which level on lines are written to the log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ServerRole(StrEnum):
    """What one of several servers on a journal does."""

    ALL = "all"
    API = "api"
    """It answers, and leaves tasks to others."""
    WORK = "work"
    """It moves tasks, and answers about itself alone."""


FETCHED = "fetched"
"""In place of days: results go after their client has fetched them."""


class Kept(StrEnum):
    """What may be kept for a time only."""

    TASKS = "tasks"
    """Ended tasks with everything but their money's lines."""
    INPUTS = "inputs"
    RESULTS = "results"


class Keep(msgspec.Struct, frozen=True):
    """For how many days a kind of thing is kept after its task has ended, in one project or ("") in all.

    `fetched`: results go once their client has fetched them whole, and a grace time is over.
    """

    kind: Kept
    days: float
    project: str = ""
    fetched: bool = False


class Quota(msgspec.Struct, frozen=True):
    """How many bytes of results and inputs one project may hold, or ("") each that has no quota of its own."""

    bytes: int
    project: str = ""


class Option(msgspec.Struct, frozen=True):
    """How an operator sets a field: by an option and, where `env` says so, by `REELGATE_` and its name in capitals.

    `flag` is `--field-name` unless it says otherwise. `least` and `most` bound a number. `default` is the default in
    words, where it depends on the machine. `read` makes the field's value of what was given, and raises ValueError.
    """

    help: str
    flag: str = ""
    env: bool = True
    least: float | None = None
    most: float | None = None
    default: str = ""
    read: Callable[[Any], Any] | None = None


def read_origins(given: Sequence[str] | None) -> tuple[str, ...]:
    """Return whose pages may call, `*` where nothing is said. Raises ValueError for anything but an origin."""
    if not given:
        return (ANY_ORIGIN,)
    if list(given) == ["none"]:
        return ()
    for origin in given:
        parts = urlsplit(origin)
        plain = parts.scheme in _WEB and parts.hostname and not parts.path.strip("/") and not parts.query
        if origin != ANY_ORIGIN and not plain:
            raise ValueError(f"--cors-origin: {origin!r} is not an origin; give one such as https://studio.example.com")
    return tuple(given)


def read_keeps(given: Sequence[str] | None) -> tuple[Keep, ...]:
    """Return what is kept for a time, said as `results=30` or `shop:results=7`. Raises ValueError."""
    found: dict[tuple[str, str], Keep] = {}
    for text in given or ():
        what, _, days = text.partition("=")
        project, _, kind = what.rpartition(":")
        fetched = kind == Kept.RESULTS and days == FETCHED
        try:
            grace = limits.FETCHED_KEPT_SECONDS / 86_400
            keep = Keep(Kept(kind), grace if fetched else float(days), project, fetched)
        except ValueError:
            keep = None
        if keep is None or not 0 < keep.days < 36500:
            kinds = ", ".join(Kept)
            raise ValueError(
                f"--keep: {text!r} is not a rule; give KIND=DAYS or PROJECT:KIND=DAYS, a KIND of {kinds}, "
                f"or results={FETCHED}"
            )
        found[project, f"{kind} {fetched}"] = keep
    return tuple(found.values())


def read_quotas(given: Sequence[str] | None) -> tuple[Quota, ...]:
    """Return how much projects may hold, said in megabytes as `5000` or `shop=500`. Raises ValueError."""
    found: dict[str, Quota] = {}
    for text in given or ():
        project, _, megabytes = text.rpartition("=")
        if not megabytes.isdecimal() or not 0 < int(megabytes) < 10**9:
            raise ValueError(f"--quota: {text!r} is not a quota; give MEGABYTES for each project, or PROJECT=MEGABYTES")
        found[project] = Quota(int(megabytes) * 1_000_000, project)
    return tuple(found.values())


def read_public_url(address: str) -> str:
    """Return an address that clients are given, "" as it is. Raises ValueError unless it is http:// or https://."""
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        extra = parts.query or parts.fragment or parts.port == 0
        right = parts.scheme in _WEB and bool(parts.hostname) and not extra
    except ValueError:
        right = False
    if not right or address != address.strip() or "@" in parts.netloc:
        raise ValueError(f"--public-url: {address!r} is not a full address; give one such as https://video.example.com")
    return address


def read_traces(address: str) -> str:
    """Return the address of a collector of traces, "" as it is. Raises ValueError unless it is http:// or https://."""
    parts = urlsplit(address)
    if address and not (parts.scheme in _WEB and parts.hostname and not parts.query):
        raise ValueError(f"--traces: {address!r} is not a full address; give one such as http://127.0.0.1:4318")
    return address


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One server's settings. Seconds and bytes unless a name says otherwise."""

    host: Annotated[str, Option("The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Option("The port.", least=0, most=65535)] = 8000
    data: Annotated[Path, Option("The folder that holds everything.")] = Path("data")
    workers: Annotated[
        int,
        Option("Concurrent renders; 0: this server renders nothing.", least=0, most=256, default="one per CPU core"),
    ] = os.cpu_count() or 1
    codec: Annotated[Codec, Option("How the built-in engine encodes.")] = Codec.H264
    animatic: Annotated[
        Drawing,
        Option(
            "What the built-in engine draws. auto: every model while no account is set up, otherwise its own "
            "models; always: every model that no account makes; only-asked: its own models; off: nothing."
        ),
    ] = Drawing.AUTO
    animatic_label: Annotated[
        str,
        Option("A small text at the top left of videos by the built-in engine, such as ANIMATIC; empty: no text."),
    ] = ""
    animatic_mark: Annotated[
        MarkText,
        Option(
            "The watermark on videos by the built-in engine. engine: its own text instead of a mark that says AI made "
            "the video; model: always the model's mark."
        ),
    ] = MarkText.ENGINE
    edit_model: Annotated[
        str,
        Option("The model for edits that name none, as OpenAI's clients send them; empty: refuse such edits."),
    ] = ""
    store: Annotated[str, Option("The journal: sqlite:///file or postgresql://…; SQLite in the data folder.")] = ""
    key: Annotated[str, Option("Preset the first API key.")] = ""
    public_url: Annotated[str, Option("The address at which clients reach this server.", read=read_public_url)] = ""
    cors_origins: Annotated[
        tuple[str, ...],
        Option(
            "An origin whose pages may call this server from a browser, such as https://studio.example.com; "
            "repeat the option for more, or say none for no page. By default every page may.",
            flag="--cors-origin",
            read=read_origins,
        ),
    ] = (ANY_ORIGIN,)
    allow_private_media: Annotated[bool, Option("Also fetch media from private addresses.")] = False
    media_networks: Annotated[
        tuple[str, ...],
        Option(
            "A private network (CIDR) from which media may be fetched.",
            flag="--media-network",
            read=lambda given: tuple(given or ()),
        ),
    ] = ()
    allow_private_callbacks: Annotated[bool, Option("Also call webhooks at private addresses.")] = False
    admission_seconds: Annotated[float, Option("How long a create waits for its inputs.", least=0, most=60)] = (
        limits.ADMISSION_SECONDS
    )
    drain_seconds: Annotated[
        float, Option("How long running renders may continue after a stop was requested.", least=0, most=3600)
    ] = limits.DRAIN_SECONDS
    keep_alive_seconds: Annotated[
        float,
        Option(
            "How long an idle connection stays open; a proxy in front must use a shorter time.",
            least=1,
            most=86400,
        ),
    ] = limits.KEEP_ALIVE_SECONDS
    link_seconds: Annotated[int, Option("How long a link to a result works.", least=60)] = limits.LINK_SECONDS
    creates_at_once: Annotated[int, Option("Concurrent creates; further ones get 503.", least=1)] = (
        limits.CREATES_AT_ONCE
    )
    max_open_tasks: Annotated[int, Option("Open tasks in the journal above which creates get 503.", least=1)] = (
        limits.MAX_OPEN_TASKS
    )
    offpeak_window: Annotated[
        str,
        Option(
            "The hours in which off-peak tasks start even if other tasks wait, such as '22:00-08:00 Asia/Shanghai' "
            "(a zone or an offset like +08:00, else UTC); empty: at once."
        ),
    ] = ""
    config: Annotated[Path | None, Option("The file with your accounts at vendors; see `reelgate providers`.")] = None
    restored: Annotated[
        bool,
        Option(
            "The journal is a restored copy: before submitting anything, look up what the original may have "
            "submitted. Copies by `reelgate backup` set this themselves.",
            env=False,
        ),
    ] = False
    keep: Annotated[
        tuple[Keep, ...],
        Option(
            "Days to keep things after their task has ended: results=30, inputs=7, tasks=365; for one project "
            "shop:results=7; results=fetched: until an hour after the whole file was fetched. Repeat the option "
            "for more. By default everything is kept.",
            read=read_keeps,
        ),
    ] = ()
    quotas: Annotated[
        tuple[Quota, ...],
        Option(
            "Megabytes of results and inputs that a project may hold before those of its oldest ended tasks are "
            "removed: 5000 for each project, shop=500 for one. Repeat the option for more. By default there is no"
            " limit.",
            flag="--quota",
            read=read_quotas,
        ),
    ] = ()
    keep_free_mb: Annotated[
        int,
        Option("Free megabytes on the disks of data folder and files below which creates get 503.", least=0),
    ] = limits.KEEP_FREE_MB
    media_gb: Annotated[
        int,
        Option("Gigabytes of files that all projects may hold together before creates get 503; 0: no limit.", least=0),
    ] = 0
    role: Annotated[
        ServerRole,
        Option(
            "What this server does. all: everything; api: it answers calls and leaves tasks to other servers on "
            "its journal; work: it processes tasks and answers only /healthz, /readyz and /metrics."
        ),
    ] = ServerRole.ALL
    media: Annotated[
        str, Option("Where files are kept: a folder, or s3://bucket/prefix; `media` in the data folder.")
    ] = ""
    media_redirect: Annotated[
        bool, Option("Redirect clients to the bucket instead of sending files from this server.")
    ] = False
    metrics_token: Annotated[
        str, Option("A secret that opens /metrics and nothing else; a key with the scope admin always opens it.")
    ] = ""
    traces: Annotated[
        str,
        Option(
            "Where to send OpenTelemetry traces by OTLP over HTTP, such as http://127.0.0.1:4318; empty: no "
            "traces. Needs the extra otel.",
            read=read_traces,
        ),
    ] = ""
    access_log: Annotated[bool, Option("Write each answer to the log.")] = False
    log_level: Annotated[LogLevel, Option("The lowest level of log lines that are written.")] = LogLevel.INFO
    ask_above: Annotated[
        float, Option("USD above which an agent's order needs its user's consent (at /mcp).", least=0)
    ] = limits.AGENT_ASK_ABOVE
    catalog: Annotated[Path | None, Option("A folder with additional catalog files.")] = None
    no_console: Annotated[bool, Option("Serve no pages at /console.")] = False
    vendors: bool = True
    """Whether accounts at vendors are used at all."""
    local_url: str = ""
    """Where this server listens: the address in links of messages if there is no `public_url`."""

    @property
    def journal_url(self) -> str:
        """The journal's address, with the default filled in."""
        return self.store or f"sqlite:///{(self.data / 'journal.db').absolute()}"


def options() -> dict[str, tuple[Any, Option]]:
    """Return what can be set on the command line: by the field's name its type and its option."""
    hints = get_type_hints(Settings, include_extras=True)
    marked = {name: get_args(hint) for name, hint in hints.items()}
    return {name: (args[0], args[1]) for name, args in marked.items() if len(args) > 1 and isinstance(args[1], Option)}


def read_settings(given: Mapping[str, Any]) -> Settings:
    """Return the settings that options ask for. Raises ValueError with one line for what none can be."""
    readers = {name: option.read for name, (_, option) in options().items() if option.read}
    settings = Settings(**{name: readers[name](value) if name in readers else value for name, value in given.items()})
    if settings.restored and settings.role is ServerRole.API:
        raise ValueError("--restored: a server with --role api moves no tasks; give it to one with --role all or work")
    return settings
