"""`reelgate providers`: the enabled accounts, what each can make, its state, and why others are disabled."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from reelgate.catalog import Catalog, Model, load
from reelgate.catalog.parts import split, tail_seconds
from reelgate.catalog.standins import made_with, makers
from reelgate.cli.journal import opened
from reelgate.cli.options import AsJson, CatalogFolder, Data, Store
from reelgate.cli.problems import one_line, plain
from reelgate.cli.tables import print_json, print_table, rows_of
from reelgate.clock import SystemClock
from reelgate.conductor.health import Condition
from reelgate.conductor.routing import can_make, draws, is_own
from reelgate.providers.account import BUILT_IN, Account, Kind
from reelgate.providers.configured import configured, kinds
from reelgate.request import Mode, VideoRequest
from reelgate.secret_files import WithFiles
from reelgate.server.data_folder import is_served, kept_store
from reelgate.server.provider_status import AccountStatus, ProviderStatus, read_board
from reelgate.settings import Drawing
from reelgate.tasks.states import State

_SORTS_SHOWN = 20  # of an account, those of which most is known first
OpenTasks = Mapping[str, Mapping[State, int]]
Config = Annotated[
    Path | None, typer.Option("--config", envvar="REELGATE_CONFIG", help="The file with your accounts at vendors.")
]


def providers(
    model: Annotated[str, typer.Argument(help="Show where this model is routed.", show_default=False)] = "",
    config: Config = None,
    catalog: CatalogFolder = None,
    data: Data = Path("data"),
    store: Store = "",
    animatic: Annotated[
        Drawing,
        typer.Option("--animatic", envvar="REELGATE_ANIMATIC", help="The value of the server's option of this name."),
    ] = Drawing.AUTO,
    as_json: AsJson = False,
) -> None:
    """List the providers and their status, or where one model is routed, and why others are skipped."""
    with one_line():
        accounts = configured(WithFiles(os.environ), config)
        models = load(catalog, config)
        board = read_board(data) if is_served(data) else None
        names = [BUILT_IN, *(account.name for account in accounts)]
        tasks = asyncio.run(_open_tasks(data, store))
        table = (
            _made_by(models, _known(models, model), accounts, board, animatic)
            if model
            else _overview(accounts, models, tasks, board, animatic)
        )
    aside = [*_strangers(tasks, names), *_conditions(accounts, board)]
    if as_json:
        print_json({"providers": rows_of(table), "notes": aside})
        return
    print_table(table)
    for line in aside:
        typer.echo(line)


def _strangers(tasks: OpenTasks, names: Sequence[str]) -> Iterator[str]:
    """Yield what is said of tasks whose account is not here, or may not have them."""
    for name in tasks.keys() - names:
        count = sum(tasks[name].values())
        yield f"{name}: {count} open tasks wait for an account of that name, which is not set up here"
    if any(State.UNKNOWN in states for states in tasks.values()):
        yield "unknown: the vendor may or may not have the job; see reelgate tasks --status unknown"


def _known(models: Catalog, name: str) -> Model:
    found = models.find(name)
    if found is None:
        raise ValueError(f"no model {name}; reelgate models lists them")
    return found


def _overview(
    accounts: Sequence[Account], models: Catalog, tasks: OpenTasks, board: ProviderStatus | None, drawing: Drawing
) -> Table:
    jobs, bounds = ("queued", "running", "unknown"), ("a minute", "reads/s", "priority", "weight")
    table = Table("provider", "state", "models", *jobs, *bounds, "address", box=None)
    for account in accounts:
        count = sum(1 for model in models if _modes(account, model))
        told = _told(account, tasks)
        table.add_row(account.name, _state(account.name, board), str(count), *told)
    drawn = sum(1 for model in models if _drawn(model, accounts, drawing))
    table.add_row(BUILT_IN, _drawing(drawing, accounts), str(drawn), *_jobs(tasks, BUILT_IN))
    for kind in kinds():
        if kind.name not in {account.kind for account in accounts}:
            table.add_row(kind.name, f"off: {_missing(kind)}")
    return table


def _told(account: Account, tasks: OpenTasks) -> list[str]:
    """Return an account's tasks, bounds and address; an engine on this machine has a model and its processes alone."""
    share = [str(account.priority), str(account.weight)]
    if not account.base_url:
        return [*_jobs(tasks, account.name), "", "", *share, account.options.get("model", "")]
    bounds = [f"{account.per_minute:g}", f"{account.reads_per_second:g}"]
    return [*_jobs(tasks, account.name, f" of {account.at_once}"), *bounds, *share, account.base_url]


def _jobs(tasks: OpenTasks, name: str, most: str = "") -> tuple[str, str, str]:
    """Return how many tasks wait for a provider, how many it runs, and how many have an unknown outcome."""
    found = Counter(tasks.get(name, {}))
    in_hand = found[State.SUBMITTING] + found[State.RUNNING]
    return str(found[State.QUEUED]), f"{in_hand}{most}", str(found[State.UNKNOWN])


def _drawing(drawing: Drawing, accounts: Sequence[Account]) -> str:
    """Say what the built-in engine draws."""
    if drawing is Drawing.OFF:
        return "off: --animatic off"
    if drawing is Drawing.ONLY_ASKED or (drawing is Drawing.AUTO and accounts):
        return "on: only its own model"
    return "on: what no account makes"


def _drawn(model: Model, accounts: Sequence[Account], drawing: Drawing) -> list[str]:
    """Return the modes of a model that the built-in engine draws."""
    left = [mode for mode in model.modes if not any(can_make(account, model, mode) for account in accounts)]
    return [mode for mode in left if draws(drawing, model, mode, accounts=bool(accounts))]


def _routes(model: Model, accounts: Sequence[Account], board: ProviderStatus | None, drawing: Drawing) -> Table:
    """Return the accounts that make a model, in their order, then those that do not."""
    table = Table("provider", "state", "modes", "asked for", "priority", "weight", box=None, title=model.id)
    for account in sorted(accounts, key=lambda account: -account.priority):
        modes = _modes(account, model)
        names = dict.fromkeys(model.upstream_id(account.kind, Mode(mode)) or model.id for mode in modes)
        if modes:
            bounds = (str(account.priority), str(account.weight))
            table.add_row(account.name, _state(account.name, board), ", ".join(modes), ", ".join(names), *bounds)
        else:
            table.add_row(account.name, f"left out: {_why_not(account, model)}")
    modes = _drawn(model, accounts, drawing)
    table.add_row(BUILT_IN, _drawing(drawing, accounts) if modes else "left out", ", ".join(modes))
    return table


def _made_by(
    models: Catalog, model: Model, accounts: Sequence[Account], board: ProviderStatus | None, drawing: Drawing
) -> Table:
    """Return the routes of a model; of a stand-in, who makes which model of its list, in the order of asking."""
    if model.standin is None:
        return _routes(model, accounts, board, drawing)
    table = Table("made with", "provider", "state", "modes", "seconds", "sizes", box=None, title=_stood_for(model))
    found: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    shown: list[Model] = []
    for one in (model, *makers(models, model)):
        for account in sorted(accounts, key=lambda account: -account.priority):
            modes = [mode for mode in _modes(account, one) if mode in model.modes]
            if modes and (one.id, account.name) not in seen:  # several sellers have rows of one id
                seen.add((one.id, account.name))
                found |= dict.fromkeys(modes)
                table.add_row(one.id, account.name, _state(account.name, board), *_taken(model, one, modes))
                shown.append(one)
        if is_own(one) and drawing is not Drawing.OFF:
            modes = [mode for mode in one.modes if mode in model.modes]
            found |= dict.fromkeys(modes)
            table.add_row(one.id, BUILT_IN, "on", *_taken(model, one, modes))
    left = [mode for mode in model.modes if mode not in found]
    own = next(one for one in models if is_own(one))
    drawn = [mode for mode in left if draws(drawing, model, mode, accounts=bool(accounts))]
    if drawn:
        table.add_row(own.id, BUILT_IN, "on: what no account makes", *_taken(model, own, drawn))
    elif left:
        table.add_row("nobody", "", "", ", ".join(left), "", "")
    table.caption = _in_parts(model, shown)
    return table


def _in_parts(standin: Model, shown: Sequence[Model]) -> str | None:
    """Return which of a stand-in's lengths the shown models make in parts, None if they make none so."""
    wanted = _lengths(standin)
    whole = {s for s in wanted for one in shown if Mode.TEXT in one.modes and one.duration_in(Mode.TEXT).takes(s)}
    going_on = [one for one in shown if tail_seconds(one)]
    parted = [s for s in wanted if s not in whole and any(split(o, s - w) for o in going_on for w in whole if w < s)]
    if not parted:
        return None
    able = ", ".join(dict.fromkeys(one.id for one in going_on))
    return f"{', '.join(map(str, parted))} s are made in parts, each from the end of the one before, by {able}"


def _lengths(standin: Model) -> tuple[int, ...]:
    rule = standin.duration
    return rule.lengths or tuple(range(rule.min, rule.max + 1))


def _stood_for(model: Model) -> str:
    return f"{model.id} is a stand-in: the first of these models that accepts a job's mode, length and size makes it"


def _taken(standin: Model, model: Model, modes: Sequence[str]) -> tuple[str, str, str]:
    """Return modes, lengths and sizes of a stand-in that a model makes."""
    rule, first = standin.duration, Mode(modes[0])
    lengths = [s for s in _lengths(standin) if model.duration_in(first).takes(s)]
    orders = [
        VideoRequest(standin.id, first, "", tier, ratio, rule.default, 0)
        for tier in standin.resolutions
        for ratio in standin.ratios
    ]
    found = [made.order for one in orders if (made := made_with(standin, model, one)) is not None]
    sizes = dict.fromkeys(f"{order.width}x{order.height}" for order in found if order and order.width)
    return ", ".join(modes), ", ".join(map(str, lengths)), ", ".join(sizes)


def _why_not(account: Account, model: Model) -> str:
    if model.id in account.models:
        return "it can make videos in none of the model's modes"
    return "not among its models" if account.models else f"the catalog has no id of {account.kind}'s for it"


def _modes(account: Account, model: Model) -> list[str]:
    return [mode for mode in model.modes if can_make(account, model, mode)]


def _state(name: str, board: ProviderStatus | None) -> str:
    if board is None:
        return "on"
    found = board.accounts.get(name, AccountStatus())
    pauses = [pause for pause in (found.sends, found.reads) if pause.until]
    if any(pause.until > SystemClock().now() for pause in pauses):
        return "left alone"
    return "on trial" if pauses else "on"


def _conditions(accounts: Sequence[Account], board: ProviderStatus | None) -> Iterator[str]:
    """Yield a line for whatever a running server has met with."""
    for account in accounts if board else ():
        found = board.accounts.get(account.name, AccountStatus()) if board else AccountStatus()
        for what, pause in (("submissions", found.sends), ("polls", found.reads)):
            if pause.until:
                yield f"{account.name}: {_pause(what, pause)}"
        if found.odd and board:
            last = f"the last: {plain(found.last_odd)}"
            yield f"{account.name}: {found.odd} answers not understood since {_time(board.since)}, {last}"
        if found.polls and board:
            half, most = found.unseen
            unseen = f"ends can go unseen for {half:g} s at the median, {most:g} s at the 95th of 100"
            yield f"{account.name}: {found.polls} polls since {_time(board.since)}; {unseen}"
        for sort, known in sorted(found.learned.items(), key=lambda one: -one[1].ends)[:_SORTS_SHOWN]:
            ends = f"a tenth had ended after {known.first} s, a half after {known.half} s"
            ends = f"of {known.ends} jobs {ends}, nine tenths after {known.most} s"
            yield f"{account.name}: {plain(sort)}: {ends}; looked at {known.gap:g} s apart about then"
        if found.bad and board:
            yield f"{account.name}: {found.bad} results without a video since {_time(board.since)}"
        if found.differing and board:
            yield f"{account.name}: {found.differing} videos of another length than it says since {_time(board.since)}"


def _pause(what: str, pause: Condition) -> str:
    if pause.until > SystemClock().now():
        return f"no {what} until {_time(pause.until)}: {plain(pause.reason)}"
    return f"the next {what} is a trial; others follow if it succeeds: {plain(pause.reason)}"


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def _missing(kind: Kind) -> str:
    if kind.local:
        return "needs an account in the file"
    return f"set {kind.key_env}" if kind.base_url else f"set {kind.url_env} to the engine's address"


async def _open_tasks(data: Path, store: str) -> OpenTasks:
    if not store and not kept_store(data) and not (data / "journal.db").exists():
        return {}  # accounts may be looked at before there is a server
    async with opened(data, store) as journal:
        return await journal.open_tasks()
