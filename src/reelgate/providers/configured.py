"""The operator's accounts: from `reelgate.toml`, and from the vendors' usual environment variables."""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import msgspec
from msgspec.structs import replace

from reelgate import providers
from reelgate.catalog import Catalog, Model
from reelgate.clock import Clock
from reelgate.operator_files import FileError, field_in
from reelgate.plugins import PROVIDERS, brought, check_names
from reelgate.providers.account import BUILT_IN, Account, Kind
from reelgate.providers.callbacks import Check
from reelgate.providers.engines import engine_kinds
from reelgate.providers.port import Provider
from reelgate.render.pool import PoolMaker, RenderPool
from reelgate.request import Mode


class ConfigError(FileError):
    """The file with the accounts is wrong; the text names the file, the line, the account and the key."""


class _Where(msgspec.Struct, frozen=True):
    """A row of the file, numbered from 1."""

    file: Path
    number: int

    def error(self, told: str, field: str = "") -> ConfigError:
        """Return what to raise for something wrong in the row."""
        about = f"account {self.number}"
        return ConfigError.at(self.file, told, ("account", self.number - 1), about=about, field=field)


_Count = Annotated[int, msgspec.Meta(ge=1)]
_Rate = Annotated[float, msgspec.Meta(gt=0)]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[account]]` of the file. Its key is in the environment variable `key_env`, or, less well, in `key`."""

    kind: str
    name: str = ""
    key: str = ""
    key_env: str = ""
    base_url: str = ""
    base_urls: tuple[str, ...] = ()
    at_once: _Count | None = None
    per_minute: _Count | None = None
    reads_per_second: _Rate | None = None
    callback_secret_env: str = ""
    look_seconds: _Rate | None = None
    result_seconds: _Rate | None = None
    late: Literal["", "refund", "charge"] = ""
    priority: int = 0
    weight: _Count = 1
    models: tuple[str, ...] = ()
    poll_seconds: _Rate | None = None
    create_seconds: _Rate | None = None
    options: dict[str, str] = {}
    enabled: bool = True


_OF_VENDORS = (
    "key",
    "key_env",
    "base_url",
    "base_urls",
    "at_once",
    "per_minute",
    "reads_per_second",
    "callback_secret_env",
    "poll_seconds",
    "create_seconds",
    "look_seconds",
    "result_seconds",
    "late",
)
"""Fields of a row that say nothing of an engine on this machine."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account: list[dict[str, Any]] = []
    renders: dict[str, Any] = {}
    """Read with the server's parts, as `reelgate.fleet.settings.Renders`."""
    standin: dict[str, Any] = {}
    """Read with the catalog, as `reelgate.catalog.loader.StandInChange`."""


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """Return every kind of provider: ours in the order of the modules' names, then those of other distributions.

    Raises ValueError if two have one name, or one of another distribution can't be imported.
    """
    found = [
        importlib.import_module(f"{providers.__name__}.{m.name}") for m in pkgutil.iter_modules(providers.__path__)
    ]
    ours = [module.KIND for module in found if hasattr(module, "KIND")]
    every = (*ours, *brought(PROVIDERS), *engine_kinds())
    check_names("kinds of providers", (BUILT_IN, *(kind.name for kind in every)))
    return every


def configured(environment: Mapping[str, str], config: Path | None) -> tuple[Account, ...]:
    """Return the accounts that are on: those of the file, and of each other kind the one that the environment gives.

    Raises ConfigError if the file is wrong, OSError where it can't be read.
    """
    rows = list(_rows(config)) if config else []
    stated = {row.kind for _, row in rows}
    for where, row in rows:
        _named(where, row.kind)  # also of what is off: it may have been meant to turn something off
    accounts = [found for where, row in rows if row.enabled for found in _accounts(where, row, environment)]
    accounts += [found for kind in kinds() if kind.name not in stated and (found := _usual(kind, environment))]
    names = [account.name for account in accounts]
    for name in names:
        if names.count(name) > 1:
            last = [where for where, row in rows if row.enabled and (row.name or row.kind) == name.partition("@")[0]]
            told = f"two accounts are called {name}; give each a name of its own"
            raise last[-1].error(told, "name") if last else ConfigError(f"{config}: {told}", field="name")
    return tuple(accounts)


def row_error(config: Path | None, account: str, told: str) -> ConfigError:
    """Return what to raise for something wrong with an account that was read, at its row where the file has one."""
    for where, row in _rows(config) if config else ():
        if row.enabled and (row.name or row.kind) == account.partition("@")[0]:
            return where.error(told)
    return ConfigError(f"account {account}: {told}", field=field_in(told))


def check_models(accounts: Iterable[Account], catalog: Catalog, config: Path | None = None) -> None:
    """Raise ConfigError if an account names a model that is not in the catalog: it would make nothing."""
    known = {model.id for model in catalog}
    for account in accounts:
        for name in account.models:
            if name not in known:
                other = catalog.find(name)
                near = [other.id] if other else difflib.get_close_matches(name, sorted(known), n=1)
                meant = f"; is it {near[0]}?" if near else "; `reelgate models` lists them"
                raise row_error(config, account.name, f"models: {name!r} is not a model{meant}")


def make(account: Account, folder: Path, pool: PoolMaker = RenderPool) -> Provider:
    """Return the provider that speaks for an account; a local engine gets a folder of its own beside `folder`,
    and renders in what `pool` makes.

    Raises ValueError if the account's options mean nothing.
    """
    own = folder.with_name(f"{folder.name}-{quote(account.name, safe='')}")
    return _kind(account.kind).make(replace(account, folder=own, pool=pool))


def able(account: Account, model: Model, mode: Mode) -> bool:
    """Whether a kind makes such jobs at all. Raises ValueError if the account's options mean nothing."""
    kind = {kind.name: kind for kind in kinds()}.get(account.kind)
    return kind is None or kind.able(account, model, mode)


def is_local(account: Account) -> bool:
    """Whether an account's engine runs on this machine."""
    return _kind(account.kind).local


def callback_checks(accounts: Iterable[Account], clock: Clock) -> dict[str, Check]:
    """Return the test for forged callbacks, for each account whose vendor sends callbacks."""
    found = ((account, _kind(account.kind).callbacks) for account in accounts)
    return {account.name: check(account, clock) for account, check in found if check is not None}


def host_of(account: Account) -> tuple[str, int]:
    """Return the host and port of an account's address."""
    parts = urlsplit(account.base_url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _rows(config: Path) -> Iterator[tuple[_Where, _Row]]:
    try:
        file = msgspec.convert(tomllib.loads(config.read_text(encoding="utf-8")), _File)
    except ValueError as error:
        raise ConfigError.at(config, str(error)) from None
    for number, table in enumerate(file.account, 1):
        where = _Where(config, number)
        try:
            yield where, msgspec.convert(table, _Row)
        except msgspec.ValidationError as error:
            raise where.error(str(error)) from None


def _accounts(where: _Where, row: _Row, environment: Mapping[str, str]) -> Iterator[Account]:
    """Yield a row's account, or one for each of its addresses, which is named after that: jobs are pinned to it."""
    if not row.base_urls:
        yield _account(where, row, environment)
        return
    if row.base_url:
        raise where.error("base_url and base_urls: give the one or the others", "base_url")
    if not _named(where, row.kind).replicas:
        raise where.error(f"base_urls: {row.kind} is one service; only engines of your own have several")
    for address in row.base_urls:
        found = _account(where, replace(row, base_url=address, base_urls=()), environment)
        yield replace(found, name=f"{found.name}@{urlsplit(found.base_url).netloc}", replica=True)


def _account(where: _Where, row: _Row, environment: Mapping[str, str]) -> Account:
    kind = _named(where, row.kind)
    if kind.local:
        return _local_account(where, row)
    key_env = row.key_env or ("" if row.key else kind.key_env)
    key = row.key or environment.get(key_env, "")
    for field, name in (("key_env", row.key_env), ("callback_secret_env", row.callback_secret_env)):
        if name and not environment.get(name):
            raise where.error(f"{field}: the environment has no {name}")
    base_url = row.base_url or environment.get(kind.url_env, "") or kind.base_url
    if not base_url:
        raise where.error(f"base_url: {row.kind} needs an address, such as http://127.0.0.1:8091/v1")
    stated = {
        "at_once": row.at_once,
        "per_minute": row.per_minute,
        "reads_per_second": row.reads_per_second,
        "poll_seconds": row.poll_seconds,
        "create_seconds": row.create_seconds,
        "look_seconds": row.look_seconds,
        "result_seconds": row.result_seconds,
        "late": row.late or None,
    }
    return Account(
        name=row.name or row.kind,
        kind=row.kind,
        key=key,
        base_url=_address(where, base_url),
        callback_secret=environment.get(row.callback_secret_env or kind.callback_env, ""),
        priority=row.priority,
        weight=row.weight,
        models=row.models,
        options=row.options,
        **{name: value for name, value in stated.items() if value is not None},  # type: ignore[arg-type]
    )


def _local_account(where: _Where, row: _Row) -> Account:
    """Return the account of an engine on this machine. Raises ConfigError if the row has what only vendors take."""
    for field in _OF_VENDORS:
        if getattr(row, field):
            raise where.error(f"{field}: {row.kind} runs on this machine and takes none")
    return Account(
        name=row.name or row.kind,
        kind=row.kind,
        priority=row.priority,
        weight=row.weight,
        models=row.models,
        options=row.options,
    )


def _usual(kind: Kind, environment: Mapping[str, str]) -> Account | None:
    """Return the account that the vendor's own environment variables describe, None if they are not set."""
    key, base_url = environment.get(kind.key_env, ""), environment.get(kind.url_env, "")
    if not (key or (base_url and not kind.base_url)):
        return None
    if not (base_url or kind.base_url):
        return None
    return Account(
        name=kind.name,
        kind=kind.name,
        key=key,
        base_url=_address(kind.url_env, base_url or kind.base_url),
        callback_secret=environment.get(kind.callback_env, ""),
    )


def _address(where: _Where | str, text: str) -> str:
    if "@" in text.partition("//")[2].partition("/")[0]:  # addresses are shown, and no file is fetched from such a one
        raise _wrong_address(where, "base_url must not carry a user name or password; give the key alone, by key_env")
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise _wrong_address(where, f"{text!r} is not an http:// or https:// address")
    return text.rstrip("/")


def _wrong_address(where: _Where | str, told: str) -> ConfigError:
    return ConfigError(f"{where}: {told}") if isinstance(where, str) else where.error(told, "base_url")


def _named(where: _Where, name: str) -> Kind:
    try:
        return _kind(name)
    except KeyError:
        known = ", ".join(kind.name for kind in kinds())
        raise where.error(f"kind is {name!r}; allowed: {known}", "kind") from None


def _kind(name: str) -> Kind:
    return {kind.name: kind for kind in kinds()}[name]
