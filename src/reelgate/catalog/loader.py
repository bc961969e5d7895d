"""Reads the catalog's TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from reelgate.catalog.model import Model, StandIn
from reelgate.catalog.prices import Price, PriceRule
from reelgate.catalog.rows import Table, expand
from reelgate.catalog.sanity import check_record
from reelgate.errors import ServiceError
from reelgate.operator_files import FileError

Record = TypeVar("Record", Model, PriceRule)
Made = TypeVar("Made")

Key = tuple[str, str]
"""A row's dialect and id."""

_SHIPPED = Path(__file__).parent / "models"


class CatalogError(FileError):
    """A catalog file is wrong; the text names file, line, row and key."""


class ModelGone(ServiceError, LookupError):
    """A task's model has left the catalog."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    shared: dict[str, dict[str, Any]] = {}
    model: list[dict[str, Any]] = []
    price: list[dict[str, Any]] = []


class _Row(msgspec.Struct, frozen=True):
    """A row of a file: `table` is its array, `number` its place there from 1, `about` both in words."""

    file: Path
    table: str
    number: int
    about: str

    def error(self, told: str) -> CatalogError:
        """Return what to raise for something wrong in the row."""
        return CatalogError.at(self.file, told, (self.table, self.number - 1), about=self.about)


class StandInChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator's settings of one stand-in: `[standin."NAME"]`. Omitted settings stay as they are.

    `like` names the stand-in whose contract a further name has. `price` gives micro-units a second by tier, which are
    then charged whichever model makes the video.
    """

    enabled: bool = True
    like: str = ""
    models: tuple[str, ...] = ()
    picture: Literal["", "refuse", "fit"] = ""
    file: Literal["", "fitted", "as_it_came"] = ""
    price: dict[str, int] = {}

    def applied(self, base: Model, name: str) -> Model:
        """Return a stand-in with these changes."""
        rule = base.standin or StandIn()
        rule = StandIn(
            models=self.models or rule.models,
            picture=self.picture or rule.picture,
            file=self.file or rule.file,
            own_price=bool(self.price) or rule.own_price,
        )
        price = Price(source="the operator's own", date="", per_second=self.price) if self.price else base.price
        title = f"Not {name}: a stand-in, which another model makes"
        return replace(base, id=name, title=title, standin=rule, price=price)


class Catalog:
    """Every model that is served, by dialect and id.

    An operator's files may be read again while the server runs: the whole catalog is then replaced at once, and what
    was derived from all of it is made again (`Derived`). A call that already holds a model continues with it.
    """

    def __init__(self, models: Iterable[Model]) -> None:
        self._by_key = {(m.dialect, m.id): m for m in models}
        self._by_id = {m.id: m for m in reversed(self._by_key.values())}
        self.edition = 0

    def become(self, other: Catalog) -> None:
        """Hold what another catalog holds."""
        self._by_key, self._by_id = other._by_key, other._by_id
        self.edition += 1

    def __iter__(self) -> Iterator[Model]:
        return iter(self._by_key.values())

    def find(self, model_id: str, *dialects: str) -> Model | None:
        """Return the row of the first of `dialects` that sells the model (of any dialect when none is named)."""
        if not dialects:
            return self._by_id.get(model_id)
        return next((m for d in dialects if (m := self._by_key.get((d, model_id)))), None)

    def of(self, model_id: str, dialect: str, *, or_like: bool = False) -> Model:
        """Return the row that a task was made with, or another dialect's row of that id.

        Where the model has left the catalog, `or_like` takes the row most like it in its place: enough to show a task
        whose record holds the rest. Raises ModelGone if there is none.
        """
        model = self.find(model_id, dialect) or self.find(model_id)
        if model is None and or_like:
            model = self._like(model_id, dialect)
        if model is None:
            raise ModelGone(f"model {model_id} has left the catalog; its row must be put back to show this task")
        return model

    def _like(self, model_id: str, dialect: str) -> Model | None:
        """Return the row of the dialect whose id begins most alike, under the id of a model that has left."""
        rows = [row for row in self if row.dialect == dialect] or list(self)
        found = max(rows, key=lambda row: _alike(row.id, model_id), default=None)
        return None if found is None else replace(found, id=model_id, upstream={}, upstreams=())


def _alike(one: str, other: str) -> int:
    """Return with how many equal characters two ids begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, its) in pairs if mine != its), min(len(one), len(other)))


class Derived(Generic[Made]):
    """Something made of a whole catalog, which is made again once the catalog is another one."""

    def __init__(self, catalog: Catalog, make: Callable[[Catalog], Made]) -> None:
        self._catalog = catalog
        self._make = make
        self._kept = catalog.edition, make(catalog)

    def value(self) -> Made:
        """Return it."""
        if self._kept[0] != self._catalog.edition:
            self._kept = self._catalog.edition, self._make(self._catalog)
        return self._kept[1]


def load(extra: Path | None = None, config: Path | None = None) -> Catalog:
    """Return the catalog that ships with the package, with the operator's own files from the folder `extra`.

    A row there replaces the shipped one of the same dialect and id, and may `use` the shipped shared tables; its price
    rules go before the shipped ones. The file `config` changes stand-ins, and adds some. Raises CatalogError if a
    file is wrong, OSError where one can't be read.
    """
    shared: dict[str, Table] = {}
    models, rules = _read(_SHIPPED, shared)
    if extra is not None:
        own, own_rules = _read(extra, shared)
        models, rules = models | own, own_rules + rules
    if config is not None:
        models = _with_standins(models, config)
    catalog = Catalog(_priced(model, rules) for model in models.values())
    _check_standins(catalog, config)
    return catalog


def _stated_standins(config: Path) -> dict[str, StandInChange]:
    """Return the operator's settings of stand-ins, by name. Raises CatalogError."""
    try:
        stated = tomllib.loads(config.read_text(encoding="utf-8")).get("standin", {})
    except ValueError as error:
        raise CatalogError.at(config, str(error)) from None
    if not isinstance(stated, dict):
        raise CatalogError.at(config, "expected tables, one for each stand-in", ("standin",), field="standin")
    changes: dict[str, StandInChange] = {}
    for name, table in stated.items():
        try:
            changes[name] = msgspec.convert(table, StandInChange)
        except msgspec.ValidationError as error:
            raise CatalogError.at(config, str(error), ("standin", name), about=f"standin.{name}") from None
    return changes


def _with_standins(models: dict[Key, Model], config: Path) -> dict[Key, Model]:
    """Return the models with the operator's settings of stand-ins."""
    changes = _stated_standins(config)
    found = dict(models)
    for name, change in changes.items():
        keys = [key for key, model in models.items() if key[1] == name and model.standin]
        base = next((models[key] for key in keys), None)
        if base is None and change.like:
            base = next((model for model in models.values() if model.id == change.like and model.standin), None)
        if base is None:
            known = ", ".join(model.id for model in models.values() if model.standin)
            told = f"name the stand-in whose contract it has; allowed: {known}"
            raise CatalogError.at(config, told, ("standin", name), about=f"standin.{name}", field="like")
        for key in keys:
            del found[key]
        if change.enabled:
            try:
                made = change.applied(base, name)
                check_record(made)
            except ValueError as error:
                raise CatalogError.at(config, str(error), ("standin", name), about=f"standin.{name}") from None
            found[made.dialect, made.id] = made
    return found


def _check_standins(catalog: Catalog, config: Path | None) -> None:
    """Raise CatalogError if a stand-in's list holds a name that is not a model, or is another stand-in."""
    for model in catalog:
        for name in model.standin.models if model.standin else ():
            found = catalog.find(name)
            if found is None or found.standin:
                what = "a stand-in itself" if found else "not a model; `reelgate models` lists them"
                told = f"standin: {name!r} is {what}"
                if config is None:
                    raise CatalogError(f"{model.id}: {told}", field="standin")
                row = ("standin", model.id)
                raise CatalogError.at(config, told, row, about=model.id, field="models")


def _read(folder: Path, shared: dict[str, Table]) -> tuple[dict[tuple[str, str], Model], list[PriceRule]]:
    """Return models and price rules of a folder's files, adding to the `shared` tables of the folders before it."""
    if not folder.is_dir():
        raise CatalogError(f"{folder} is not a folder; name one that holds catalog files (*.toml)")
    files = {path: _parse(path) for path in sorted(folder.glob("*.toml"))}
    _share(files, shared)
    found: dict[tuple[str, str], Model] = {}
    rules: list[PriceRule] = []
    for path, file in files.items():
        for number, row in enumerate(file.model, 1):
            where = _Row(path, "model", number, f"model row {number} ({row.get('id', 'no id')})")
            for model in _records(where, row, shared, Model):
                if (model.dialect, model.id) in found:
                    raise where.error(f"id: {model.dialect} has another row for {model.id}")
                found[model.dialect, model.id] = model
        for number, row in enumerate(file.price, 1):
            where = _Row(path, "price", number, f"price row {number} ({row.get('name', 'no name')})")
            rules += _records(where, row, shared, PriceRule)
    return found, rules


def _parse(path: Path) -> _File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except ValueError as error:
        raise CatalogError.at(path, str(error)) from None


def _share(files: Mapping[Path, _File], shared: dict[str, Table]) -> None:
    for path, file in files.items():
        for name, table in file.shared.items():
            if name in shared:
                raise CatalogError(f'{path}: [shared."{name}"]: another file has a table of this name')
            shared[name] = table


def _records(where: _Row, row: Table, shared: Mapping[str, Table], record: type[Record]) -> Iterator[Record]:
    try:
        for table in expand(row, shared):
            made = msgspec.convert(table, record)
            check_record(made)
            yield made
    except ValueError as error:
        raise where.error(str(error)) from None


def _priced(model: Model, rules: list[PriceRule]) -> Model:
    own = tuple(rule for rule in rules if rule.sells(model.id, model.dialect))
    if model.standin and not model.standin.own_price:
        return replace(model, rules=own)
    if not own and not model.price.per_second and not model.price.free:
        raise CatalogError(f"{model.dialect}: {model.id}: price: it has neither prices by tier nor a price rule")
    return replace(model, rules=own)
