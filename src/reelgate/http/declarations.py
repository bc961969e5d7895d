"""Every route of the server as it is declared: what the documentation lists and the tests walk."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from msgspec.structs import replace

import reelgate.http
from reelgate.dialects import routes
from reelgate.dialects.port import Operation
from reelgate.http.mount import of_dialect
from reelgate.http.route import Declaration, declared_in, served_in


def families() -> Iterator[type]:
    """Yield the classes of the `*_routes` modules that handle declared routes, in the order of the modules' names."""
    for found in pkgutil.iter_modules(reelgate.http.__path__):
        if found.name.endswith("_routes"):
            module = importlib.import_module(f"{reelgate.http.__name__}.{found.name}")
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if kind.__module__ == module.__name__ and (any(declared_in(kind)) or served_in(kind)):
                    yield kind


@functools.cache
def declarations() -> tuple[Declaration, ...]:
    """Return all routes: the house's own, then the dialects'."""
    speakers = {(route.method, route.path): tuple(one.name for one in found) for route, found in routes()}
    house = [
        replace(found, dialects=speakers.get((found.method, found.path), ()))
        for family in families()
        for found, _ in declared_in(family)
    ]
    dialects = (of_dialect(route, *found) for route, found in routes() if route.operation is not Operation.ASSET)
    return (*house, *dialects)
