"""Reads the catalog's TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from reelgate.catalog.model import Model
from reelgate.catalog.prices import PriceRule
from reelgate.catalog.rows import Table, expand
from reelgate.catalog.sanity import check_record
from reelgate.errors import ServiceError

Record = TypeVar("Record", Model, PriceRule)

_SHIPPED = Path(__file__).parent / "models"


class CatalogError(ValueError):
    """A catalog file is wrong; the text names file, row and key."""


class ModelGone(ServiceError, LookupError):
    """A task's model has left the catalog."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    shared: dict[str, dict[str, Any]] = {}
    model: list[dict[str, Any]] = []
    price: list[dict[str, Any]] = []


class Catalog:
    """Every model that is served, by dialect and id."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._by_key = {(m.dialect, m.id): m for m in models}
        self._by_id = {m.id: m for m in reversed(self._by_key.values())}

    def __iter__(self) -> Iterator[Model]:
        return iter(self._by_key.values())

    def find(self, model_id: str, *dialects: str) -> Model | None:
        """Return the row of the first of `dialects` that sells the model (of any dialect when none is named)."""
        if not dialects:
            return self._by_id.get(model_id)
        return next((m for d in dialects if (m := self._by_key.get((d, model_id)))), None)

    def of(self, model_id: str, dialect: str) -> Model:
        """Return the row that a task was made with, or another dialect's row of that id.

        Raises ModelGone where the model has left the catalog.
        """
        model = self.find(model_id, dialect) or self.find(model_id)
        if model is None:
            raise ModelGone(f"model {model_id} has left the catalog; its row must be put back to show this task")
        return model


def load(extra: Path | None = None) -> Catalog:
    """Return the catalog that ships with the package, with the operator's own files from the folder `extra`.

    A row there replaces the shipped one of the same dialect and id, and may `use` the shipped shared tables; its price
    rules go before the shipped ones. Raises CatalogError where a file is wrong, OSError where one can't be read.
    """
    shared: dict[str, Table] = {}
    models, rules = _read(_SHIPPED, shared)
    if extra is not None:
        own, own_rules = _read(extra, shared)
        models, rules = models | own, own_rules + rules
    return Catalog(_priced(model, rules) for model in models.values())


def _read(folder: Path, shared: dict[str, Table]) -> tuple[dict[tuple[str, str], Model], list[PriceRule]]:
    """Return models and price rules of a folder's files, adding to the `shared` tables of the folders before it."""
    if not folder.is_dir():
        raise CatalogError(f"{folder} is no folder; name one that holds catalog files (*.toml)")
    files = {path: _parse(path) for path in sorted(folder.glob("*.toml"))}
    _share(files, shared)
    found: dict[tuple[str, str], Model] = {}
    rules: list[PriceRule] = []
    for path, file in files.items():
        for number, row in enumerate(file.model, 1):
            where = f"{path}: model row {number} ({row.get('id', 'no id')})"
            for model in _records(where, row, shared, Model):
                if (model.dialect, model.id) in found:
                    raise CatalogError(f"{where}: id: {model.dialect} has another row for {model.id}")
                found[model.dialect, model.id] = model
        for number, row in enumerate(file.price, 1):
            rules += _records(f"{path}: price row {number} ({row.get('name', 'no name')})", row, shared, PriceRule)
    return found, rules


def _parse(path: Path) -> _File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except ValueError as error:
        raise CatalogError(f"{path}: {error}") from None


def _share(files: Mapping[Path, _File], shared: dict[str, Table]) -> None:
    for path, file in files.items():
        for name, table in file.shared.items():
            if name in shared:
                raise CatalogError(f'{path}: [shared."{name}"]: another file has a table of this name')
            shared[name] = table


def _records(where: str, row: Table, shared: Mapping[str, Table], record: type[Record]) -> Iterator[Record]:
    try:
        for table in expand(row, shared):
            made = msgspec.convert(table, record)
            check_record(made)
            yield made
    except ValueError as error:
        raise CatalogError(f"{where}: {error}") from None


def _priced(model: Model, rules: list[PriceRule]) -> Model:
    own = tuple(rule for rule in rules if rule.sells(model.id, model.dialect))
    if not own and not model.price.per_second and not model.price.free:
        raise CatalogError(f"{model.dialect}: {model.id}: price: it has neither prices by tier nor a price rule")
    return replace(model, rules=own)
