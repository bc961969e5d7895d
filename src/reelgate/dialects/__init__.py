"""The registry of wire APIs: a module in this package that has a `DIALECT` is one, so is an entry point of others."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from reelgate.catalog import Catalog
from reelgate.dialects.port import HOUSE, UNIVERSAL, Dialect, MountedDialect, Route, SigningDialect
from reelgate.plugins import DIALECTS, brought, check_names
from reelgate.tasks.record import Task


@functools.cache
def all_dialects() -> tuple[Dialect, ...]:
    """Return every dialect: ours in the order of the modules' names, then those of other distributions.

    Raises ValueError if two have one name, or one of another distribution can't be imported.
    """
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    ours = [module.DIALECT for module in modules if hasattr(module, "DIALECT")]
    every = (*ours, *brought(DIALECTS))
    check_names("dialects", (dialect.name for dialect in every))
    return every


@functools.cache
def signing() -> Mapping[str, SigningDialect]:
    """Return the dialects whose clients sign their calls, by name."""
    return {found.name: found for found in all_dialects() if isinstance(found, SigningDialect)}


def by_name(name: str) -> Dialect:
    """Return the dialect called `name`. Raises KeyError."""
    return _by_name()[name]


def installed(name: str) -> Dialect | None:
    """Return the dialect called `name`, None where another distribution had it that is no longer installed."""
    return _by_name().get(name)


@functools.cache
def _by_name() -> Mapping[str, Dialect]:
    return {dialect.name: dialect for dialect in all_dialects()}


@functools.cache
def routes() -> tuple[tuple[Route, tuple[Dialect, ...]], ...]:
    """Return every route, each with the dialects that share it; the first one answers where nothing decides."""
    shared: dict[Route, tuple[Dialect, ...]] = {}
    for dialect in all_dialects():
        for route in dialect.routes:
            speaker = dialect.at(route.path) if isinstance(dialect, MountedDialect) else dialect
            shared[route] = (*shared.get(route, ()), speaker)
    return tuple(shared.items())


def elsewhere(dialect: Dialect) -> Mapping[str, str]:
    """Return what an API documents and is not served here, by address, each with the way that there is instead."""
    found: Mapping[str, str] = getattr(dialect, "elsewhere", {})
    return found


@functools.cache
def _sharing(method: str) -> dict[str, tuple[Dialect, ...]]:
    return {route.path: dialects for route, dialects in routes() if route.method == method}


def dialect_for_create(path: str, model_id: Any, catalog: Catalog) -> Dialect:
    """Return who reads a create at `path`: who sells the model there, else who takes every model, else the first.

    Raises KeyError.
    """
    sharing = _sharing("POST")[path]
    if not isinstance(model_id, str) or catalog.find(model_id) is None:
        return sharing[0]
    sellers = (dialect for dialect in sharing if catalog.find(model_id, dialect.name))
    anyone = (dialect for dialect in sharing if dialect.name == UNIVERSAL)
    return next(sellers, None) or next(anyone, sharing[0])


def dialect_for_query(path: str, task: Task) -> Dialect:
    """Return who answers a query at `path` (the task id included): who made the task, where it shares the path.

    Else the house, whose answer holds APIYI's, where it shares the path, else the path's first. Raises KeyError.
    """
    sharing = {dialect.name: dialect for dialect in _sharing("GET")[path[: path.rfind("/") + 1]]}
    return sharing.get(task.dialect) or sharing.get(HOUSE) or next(iter(sharing.values()))
