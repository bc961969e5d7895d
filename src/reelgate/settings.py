"""What an operator can set; every option of `reelgate serve` is also an environment variable `REELGATE_*`."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

import msgspec

from reelgate import limits
from reelgate.request import Codec

ANY_ORIGIN = "*"
"""Every page may call: what an API needs whose callers prove themselves by a key in a header."""


class Drawing(StrEnum):
    """Which models the built-in engine draws. Its own model, `animatic`, is drawn unless it is off."""

    AUTO = "auto"
    """Every model while no account is set up, its own only once one is: nobody pays a vendor's price for a sketch."""
    ALWAYS = "always"
    """Every model that no account makes."""
    ONLY_ASKED = "only-asked"
    OFF = "off"


class MarkText(StrEnum):
    """Whose words a mark at the bottom right is drawn in."""

    ENGINE = "engine"
    MODEL = "model"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One server's settings. Seconds and bytes unless a name says otherwise."""

    host: str = "127.0.0.1"
    port: int = 8000
    data: Path = Path("data")
    workers: int = os.cpu_count() or 1
    """Renders at once, one process each."""
    codec: Codec = Codec.H264
    """How the built-in engine encodes."""
    animatic: Drawing = Drawing.AUTO
    """Which models the built-in engine draws."""
    animatic_label: str = ""
    """A small text at the top left of what the built-in engine draws; empty: none."""
    animatic_mark: MarkText = MarkText.ENGINE
    """Whose words the built-in engine draws as a watermark: its own where a model's would claim that AI made it."""
    edit_model: str = ""
    """The model of an edit that names none, as OpenAI's clients send it; empty: such an edit is refused."""
    store: str = ""
    """Where the journal is; empty: SQLite in the data folder."""
    key: str = ""
    """The first API key; empty: one is made on the first start."""
    public_url: str = ""
    """The address that clients reach this server at, for links; empty: what each request's Host header says."""
    cors_origins: tuple[str, ...] = (ANY_ORIGIN,)
    """Whose pages a browser lets read our answers: origins, `*` for all, none for nobody's but links to files."""
    allow_private_media: bool = False
    media_networks: tuple[str, ...] = ()
    """Private networks (CIDR) that media may nevertheless come from."""
    allow_private_callbacks: bool = False
    """Whether webhooks and tasks may name private addresses to be told at."""
    admission_seconds: float = limits.ADMISSION_SECONDS
    """How long a create waits for its inputs."""
    drain_seconds: float = limits.DRAIN_SECONDS
    """How long running renders may go on after a stop was asked for."""
    keep_alive_seconds: float = limits.KEEP_ALIVE_SECONDS
    """How long a connection may wait for its next request; longer than the pools of clients and proxies keep it."""
    link_seconds: int = limits.LINK_SECONDS
    """How long a link to a result lives."""
    config: Path | None = None
    """The file with the operator's accounts (`reelgate.toml`); the environment's keys alone, when there is none."""
    restored: bool = False
    """The journal is a restored copy: what waits for a vendor in it may have been sent by its original."""
    metrics_token: str = ""
    """Opens `/metrics` and nothing else; empty: only a key with the scope `admin` does."""
    access_log: bool = False
    """Whether each answer is a line of the log."""
    vendors: bool = True
    """Whether accounts at vendors are used at all."""
    creates_at_once: int = limits.CREATES_AT_ONCE
    """How many creates may be under way; further ones are answered 503."""
    max_open_tasks: int = limits.MAX_OPEN_TASKS
    """How many open tasks the journal may hold before further creates are answered 503."""
    offpeak_window: str = ""
    """When tasks that may wait are taken up, such as `22:00-08:00 Asia/Shanghai`; empty: at once."""
    catalog: Path | None = None
    """A folder of further catalog files."""

    local_url: str = ""
    """Where this server listens: the address in links that go out unasked while there is no `public_url`."""

    @property
    def journal_url(self) -> str:
        """The journal's address, with the default filled in."""
        return self.store or f"sqlite:///{(self.data / 'journal.db').absolute()}"
