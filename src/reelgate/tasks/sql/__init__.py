"""SQL is text with names: the queries, the migrations and the schemas of both databases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, get_args, get_type_hints

from reelgate.tasks.assets import Asset, AssetGroup
from reelgate.tasks.batches import Batch, BatchLine, TextFile
from reelgate.tasks.deliveries import Delivery, Webhook
from reelgate.tasks.money import Balance, LedgerEntry, Paid, Spent
from reelgate.tasks.parked import Loss, Parked
from reelgate.tasks.projects import Audit, Key, Project
from reelgate.tasks.record import Attempt, Event, NewTask, Task

_FOLDER = Path(__file__).parent
_BOTH = _FOLDER / "both"
_ONLY = re.compile(r"-- (?:only (\w+)|both)")
_BESIDE = re.compile(r"^-- beside ([0-9]{4})\b", re.MULTILINE)
_WORDS = {
    "sqlite": {
        "{integer}": "INTEGER",
        "{serial}": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "{number}": "INTEGER PRIMARY KEY",
        "{strict}": " STRICT",
        "{keyed}": " STRICT, WITHOUT ROWID",
        "{bytewise}": "",
    },
    "postgres": {
        "{integer}": "BIGINT",
        "{serial}": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "{number}": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "{strict}": "",
        "{keyed}": "",
        "{bytewise}": ' COLLATE "C"',
    },
}
"""What both databases have, each in its own words: 64-bit numbers, rowids that are never given twice or that may be,
what SQLite says behind a table with rowids and behind one without, and texts compared byte by byte, as SQLite does."""
_HEADING = re.compile(r"^-- (\w+): .+$", re.MULTILINE)
_PARAMETER = re.compile(r":(\w+)")

_RECORDS = {
    "task": Task,
    "attempt": Attempt,
    "event": Event,
    "ledger": LedgerEntry,
    "balance": Balance,
    "paid": Paid,
    "spent": Spent,
    "project": Project,
    "key": Key,
    "audit": Audit,
    "asset": Asset,
    "asset_group": AssetGroup,
    "parked": Parked,
    "loss": Loss,
    "webhook": Webhook,
    "delivery": Delivery,
    "batch": Batch,
    "batch_line": BatchLine,
    "document": TextFile,
}
_COLUMNS = {"{" + name + "}": ", ".join(record.__struct_fields__) for name, record in _RECORDS.items()}
_DERIVED = {"model": str, "offpeak": int}
"""Columns of a task that its request says too, for look-ups."""
_NEW = {name: kind for name, kind in get_type_hints(NewTask).items() if name != "counted"} | _DERIVED
_COLUMNS |= {
    "{new_columns}": ", ".join(_NEW),
    "{new_values}": ", ".join(f":{name}" for name in _NEW),
    "{new_arrays}": ", ".join(
        f"CAST(:{name} AS {'BIGINT' if int in (kind, *get_args(kind)) else 'TEXT'}[])" for name, kind in _NEW.items()
    ),
}
"""What a create writes of a task: its columns, and the parameters for one task or, as arrays, for many."""


class Migration(NamedTuple):
    """One step of a schema: applied once, in the order of its number.

    `beside` is the oldest schema whose programs still work on the tables after it.
    """

    number: int
    name: str
    text: str
    beside: int


def load_queries(database: str) -> dict[str, str]:
    """Return the queries for `database` (`sqlite` or `postgres`) by name, with the records' columns filled in.

    Raises ValueError if two have one name: the second would stand for the first.
    """
    found: dict[str, str] = {}
    for path in (*sorted(_FOLDER.glob("*.sql")), _FOLDER / database / "queries.sql"):
        queries = parse_queries(for_database(database, path.read_text("utf-8")))
        if twice := found.keys() & queries:
            raise ValueError(
                f"{path.name} of {database} has a query of another file's name: {', '.join(sorted(twice))}"
            )
        found |= queries
    return found


def parse_queries(text: str) -> dict[str, str]:
    """Split a query file at its `-- name: sentence.` headings."""
    _preamble, *parts = _HEADING.split(text)
    queries = dict(zip(parts[::2], parts[1::2], strict=True))
    return {name: _fill(query).strip().rstrip(";") for name, query in queries.items()}


def load_migrations(database: str) -> list[Migration]:
    """Return the migrations of `database`, oldest first, from files named `0001_what_it_does.sql`.

    Those of the folder `both` are written once for both databases, as `for_database` reads them. One that says `--
    beside 0015` lets programs of schema 15 run beside it; without such a line no older program may.
    """
    paths = [*(_FOLDER / database).glob("[0-9]*_*.sql"), *_BOTH.glob("[0-9]*_*.sql")]
    return sorted(_migration(database, int(path.stem[:4]), path.stem[5:], path.read_text("utf-8")) for path in paths)


def _migration(database: str, number: int, name: str, text: str) -> Migration:
    said = _BESIDE.search(text)
    return Migration(number, name, for_database(database, text), int(said[1]) if said else number)


def for_database(database: str, text: str) -> str:
    """Return the text of queries, a migration or the schema for `sqlite` or `postgres`.

    `{integer}`, `{serial}` and the other words of `_WORDS` become the database's own; what stands between a line
    `-- only sqlite` (or `postgres`) and the next such line, or `-- both`, is that database's alone.
    """
    lines: list[str] = []
    whose = ""
    for line in text.split("\n"):
        if marked := _ONLY.fullmatch(line):
            whose = marked[1] or ""
        elif whose in ("", database):
            lines.append(line)
    found = "\n".join(lines)
    for word, own in _WORDS[database].items():
        found = found.replace(word, own)
    return found


def number_parameters(query: str) -> tuple[str, tuple[str, ...]]:
    """Rewrite `:name` parameters as PostgreSQL's `$1`, `$2` …; return the text and the names in that order."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(query)))
    return _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", query), names


def _fill(query: str) -> str:
    for placeholder, columns in _COLUMNS.items():
        query = query.replace(placeholder, columns)
    return query
