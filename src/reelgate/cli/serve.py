"""`reelgate serve`: run the gateway."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import uvloop

from reelgate import limits
from reelgate.cli.options import Data, Store
from reelgate.cli.problems import one_line
from reelgate.request import Codec
from reelgate.server.logging_setup import set_up_log
from reelgate.server.run import StopSignals, serving
from reelgate.settings import ANY_ORIGIN, Drawing, MarkText, Settings

_WEB = ("http", "https")


def _env(name: str, help_text: str, *flags: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(*flags, envvar=f"REELGATE_{name}", help=help_text)
    return option


def serve(
    host: Annotated[str, _env("HOST", "The address to listen on.", "--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", envvar="REELGATE_PORT", min=0, max=65535, help="The port.")] = 8000,
    data: Data = Path("data"),
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            envvar="REELGATE_WORKERS",
            min=0,
            max=256,
            help="Renders at once; 0: this server only answers.",
            show_default="one per CPU core",
        ),
    ] = os.cpu_count() or 1,
    codec: Annotated[
        Codec, typer.Option("--codec", envvar="REELGATE_CODEC", help="How the built-in engine encodes.")
    ] = Codec.H264,
    animatic: Annotated[
        Drawing,
        typer.Option(
            "--animatic",
            envvar="REELGATE_ANIMATIC",
            help="What the built-in engine draws: auto: every model while no account is set up, else only its own; "
            "always: every model that no account makes; only-asked: only its own; off: nothing.",
        ),
    ] = Drawing.AUTO,
    animatic_label: Annotated[
        str,
        _env(
            "ANIMATIC_LABEL",
            "A small text at the top left of what the built-in engine draws, such as ANIMATIC; empty: none.",
            "--animatic-label",
        ),
    ] = "",
    animatic_mark: Annotated[
        MarkText,
        typer.Option(
            "--animatic-mark",
            envvar="REELGATE_ANIMATIC_MARK",
            help="The watermark on what the built-in engine draws: its own words where a model's would claim that AI "
            "made the picture (engine), or always the model's (model).",
        ),
    ] = MarkText.ENGINE,
    edit_model: Annotated[
        str,
        _env(
            "EDIT_MODEL",
            "The model of an edit that names none, as OpenAI's clients send it; empty: such an edit is refused.",
            "--edit-model",
        ),
    ] = "",
    store: Store = "",
    key: Annotated[str, _env("KEY", "Preset the first API key.", "--key")] = "",
    public_url: Annotated[
        str, _env("PUBLIC_URL", "The address that clients reach this server at.", "--public-url")
    ] = "",
    cors_origin: Annotated[
        list[str] | None,
        _env(
            "CORS_ORIGIN",
            "An origin whose pages may call this server from a browser, such as https://studio.example.com; "
            "several times for several, none for no page. By default every page may.",
            "--cors-origin",
        ),
    ] = None,
    allow_private_media: Annotated[
        bool, _env("ALLOW_PRIVATE_MEDIA", "Fetch media from private addresses too.", "--allow-private-media")
    ] = False,
    media_network: Annotated[
        list[str] | None, _env("MEDIA_NETWORK", "A private network (CIDR) that media may come from.", "--media-network")
    ] = None,
    allow_private_callbacks: Annotated[
        bool,
        _env("ALLOW_PRIVATE_CALLBACKS", "Call webhooks at private addresses too.", "--allow-private-callbacks"),
    ] = False,
    admission_seconds: Annotated[
        float,
        typer.Option(
            "--admission-seconds",
            envvar="REELGATE_ADMISSION_SECONDS",
            min=0,
            max=60,
            help="How long a create waits for its inputs.",
        ),
    ] = limits.ADMISSION_SECONDS,
    drain_seconds: Annotated[
        float,
        typer.Option(
            "--drain-seconds",
            envvar="REELGATE_DRAIN_SECONDS",
            min=0,
            max=3600,
            help="How long running renders may go on after a stop was asked for.",
        ),
    ] = limits.DRAIN_SECONDS,
    keep_alive_seconds: Annotated[
        float,
        typer.Option(
            "--keep-alive-seconds",
            envvar="REELGATE_KEEP_ALIVE_SECONDS",
            min=1,
            max=86400,
            help="How long a connection may wait for its next request; a proxy's time for that must be shorter.",
        ),
    ] = limits.KEEP_ALIVE_SECONDS,
    link_seconds: Annotated[
        int,
        typer.Option(
            "--link-seconds", envvar="REELGATE_LINK_SECONDS", min=60, help="How long a link to a result lives."
        ),
    ] = limits.LINK_SECONDS,
    creates_at_once: Annotated[
        int,
        typer.Option(
            "--creates-at-once",
            envvar="REELGATE_CREATES_AT_ONCE",
            min=1,
            help="Creates under way at one time; further ones are answered 503.",
        ),
    ] = limits.CREATES_AT_ONCE,
    max_open_tasks: Annotated[
        int,
        typer.Option(
            "--max-open-tasks",
            envvar="REELGATE_MAX_OPEN_TASKS",
            min=1,
            help="Open tasks in the journal before further creates are answered 503.",
        ),
    ] = limits.MAX_OPEN_TASKS,
    offpeak_window: Annotated[
        str,
        _env(
            "OFFPEAK_WINDOW",
            "When off-peak tasks are taken up also while there is other work, such as '22:00-08:00 Asia/Shanghai' "
            "(a zone or an offset like +08:00, else UTC); empty: at once.",
            "--offpeak-window",
        ),
    ] = "",
    config: Annotated[
        Path | None,
        _env("CONFIG", "The file with your accounts at vendors; see `reelgate providers`.", "--config"),
    ] = None,
    restored: Annotated[
        bool,
        typer.Option(
            "--restored",
            help="The journal is a restored copy: look for what its original may have sent before sending anything. "
            "A copy that `reelgate backup` made knows this by itself.",
        ),
    ] = False,
    metrics_token: Annotated[
        str,
        _env(
            "METRICS_TOKEN",
            "A secret that opens /metrics and nothing else; empty: an admin's key does.",
            "--metrics-token",
        ),
    ] = "",
    access_log: Annotated[bool, _env("ACCESS_LOG", "Write each answer to the log.", "--access-log")] = False,
    catalog: Annotated[Path | None, _env("CATALOG", "A folder of further catalog files.", "--catalog")] = None,
) -> None:
    """Run the gateway until Ctrl-C."""
    with one_line():
        address, cors = web_address("--public-url", public_url), origins(cors_origin)
    settings = Settings(
        host=host,
        port=port,
        data=data,
        workers=workers,
        codec=codec,
        animatic=animatic,
        animatic_label=animatic_label,
        animatic_mark=animatic_mark,
        edit_model=edit_model,
        store=store,
        key=key,
        public_url=address,
        cors_origins=cors,
        allow_private_media=allow_private_media,
        media_networks=tuple(media_network or ()),
        allow_private_callbacks=allow_private_callbacks,
        admission_seconds=admission_seconds,
        drain_seconds=drain_seconds,
        keep_alive_seconds=keep_alive_seconds,
        link_seconds=link_seconds,
        creates_at_once=creates_at_once,
        max_open_tasks=max_open_tasks,
        offpeak_window=offpeak_window,
        config=config,
        restored=restored,
        metrics_token=metrics_token,
        access_log=access_log,
        catalog=catalog,
    )
    set_up_log(level="info")
    os.umask(0o077)  # prompts and videos are nobody else's, also in a folder that others may enter
    with one_line():
        run(_serve(settings))


def origins(given: list[str] | None) -> tuple[str, ...]:
    """Return whose pages may call, `*` where nothing is said. Raises ValueError for what is no origin."""
    if not given:
        return (ANY_ORIGIN,)
    if given == ["none"]:
        return ()
    for origin in given:
        parts = urlsplit(origin)
        plain = parts.scheme in _WEB and parts.hostname and not parts.path.strip("/") and not parts.query
        if origin != ANY_ORIGIN and not plain:
            raise ValueError(f"--cors-origin: {origin!r} is no origin; give one such as https://studio.example.com")
    return tuple(given)


def web_address(option: str, address: str) -> str:
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
        raise ValueError(f"{option}: {address!r} is no address; give all of it, such as https://video.example.com")
    return address


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on the fastest event loop that is installed."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def _serve(settings: Settings) -> None:
    signals = StopSignals()
    with signals.caught():
        async with serving(settings, signals) as server:
            typer.echo(f"Reelgate serves on {server.url}")
            drawn = f"{server.drawn} of {server.models} models (--animatic {settings.animatic})"
            typer.echo(f"The built-in engine draws {drawn}")
            if server.key_is_new:
                typer.echo(f"Your API key, shown once: {server.key}")
                typer.echo(f"It is kept in {settings.data / 'key'} (mode 0600) for the command line on this machine.")
            await signals.asked()
            typer.echo("Stopping: running renders may finish; Ctrl-C again stops at once.")
