"""Writes docs/reference from the code; `--check` fails when a page there differs from what the code says."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from reelgate import errors, limits
from reelgate.catalog import DurationRule, Model, Price, load
from reelgate.cli import app
from reelgate.http.declarations import declarations
from reelgate.http.route import Pass
from reelgate.tasks.projects import Scope
from reelgate.tasks.states import EDGES

FOLDER = Path(__file__).parent.parent / "docs/reference"
NOTE = "<!-- Written by scripts/gen_docs.py: change the code, then run `make docs`. -->"


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    for row in (header, ["---"] * len(header), *rows):
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("<", "&lt;") for cell in row) + " |"


def states() -> Iterator[str]:
    """Yield the page on a task's states."""
    yield "# A task's states"
    yield ""
    yield "Generated from the table of moves in `reelgate/tasks/states.py`, with which the journal checks every move."
    yield ""
    yield "The frame contains the open states: each of them can be cancelled or fail."
    yield ""
    yield "![The states of a task and the moves between them](../images/states.svg)"
    yield ""
    yield from table(
        ("move", "from", "to", "because", "the held money"),
        ((f"`{edge.name}`", edge.source, edge.target, edge.why, f"{edge.settlement}") for edge in EDGES),
    )


def options() -> Iterator[str]:
    """Yield the page on commands and options."""
    yield "# Commands and options"
    yield ""
    yield "An option on the command line overrides its environment variable, which overrides the default."
    command: Any = typer.main.get_command(app())
    yield from _commands(command, "reelgate")


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        words = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _commands(command, words)
            continue
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        yield from ("", f"## `{' '.join([words, *(p.name.upper() for p in arguments)])}`", "", command.help or "", "")
        yield from table(("option", "environment", "default", "meaning"), (_option(p) for p in command.params))


def _option(parameter: Any) -> tuple[str, str, str, str]:
    argument = parameter.param_type_name == "argument"
    names = parameter.name.upper() if argument else ", ".join(parameter.opts)
    return f"`{names}`", f"`{parameter.envvar}`" if parameter.envvar else "", _default(parameter), parameter.help or ""


def _default(parameter: Any) -> str:
    if isinstance(parameter.show_default, str):  # it depends on the machine
        return str(parameter.show_default)
    value = parameter.default
    if parameter.required:
        return "required"
    if value in (None, "", False, []):
        return "off" if value is False else ""
    return f"`{value:g}`" if isinstance(value, int | float) else f"`{value}`"


def models() -> Iterator[str]:
    """Yield the page on models."""
    yield "# Models"
    yield ""
    yield "Generated from the catalog; `GET /v1/models` returns the same for programs, with the limits of every input."
    yield "Defaults are bold. Prices are in USD for each resolution in turn; the built-in engine costs nothing."
    catalog = list(load())
    for dialect in dict.fromkeys(model.dialect for model in catalog):
        yield from ("", f"## {dialect}", "")
        sold = [model for model in catalog if model.dialect == dialect]
        yield from table(("model", "modes", "resolution", "ratio", "seconds", "list price a second"), map(_model, sold))
        yield from ("", "Where the prices come from:", "")
        yield from sorted(
            {f"- {model.family}: {price.source} ({price.date})" for model in sold for price in _priced(model)}
        )


def _model(model: Model) -> tuple[str, ...]:
    seconds = [_seconds(model.duration)]
    seconds += [f"{mode}: {_seconds(rule.duration)}" for mode, rule in model.modes.items() if rule.duration]
    prices = ["as [the model that makes it](../sora.md)" if model.standin else _rates(model, model.price)]
    prices += [f"{mode}: {_rates(model, rule.price)}" for mode, rule in model.modes.items() if rule.price]
    tiers = ", ".join(_default_marked(model.resolutions, model.default_resolution))
    ratios = ", ".join(_default_marked(model.ratios, model.default_ratio))
    return f"`{model.id}`", ", ".join(model.modes), tiers, ratios, "; ".join(seconds), "; ".join(prices)


def _priced(model: Model) -> Iterator[Price]:
    yield model.price
    yield from (rule.price for rule in model.modes.values() if rule.price)


def _seconds(rule: DurationRule) -> str:
    if rule.lengths:
        return ", ".join(map(str, rule.lengths))
    range_ = f"the source's, at most {rule.source_max}" if rule.from_source else f"{rule.min} to {rule.max}"
    return range_ + (" or -1" if rule.auto else "")


def _rates(model: Model, price: Price) -> str:
    if price.free:
        return "free"
    tables = [price.per_second, *([price.offpeak] if price.offpeak else [])]
    shown = [", ".join(f"{table[tier] / 1e6:.4g}" for tier in model.resolutions) for table in tables]
    return ", off-peak ".join(shown)


def _default_marked(choices: Sequence[str], default: str) -> Iterator[str]:
    alone = len(choices) == 1
    return (f"**{choice}**" if choice == default and not alone else choice for choice in choices)


def api_routes() -> Iterator[str]:
    """Yield the page on all addresses."""
    yield "# Routes"
    yield ""
    yield "Generated from the declarations in `reelgate/http`, with which the server checks keys. The column *key* is"
    yield "the [scope](../keys.md#what-a-key-may-do) that an API key needs, or what opens the route instead. The object"
    yield "that `{id}` names must belong to the key's project; objects of other projects are answered as if they did"
    yield "not exist. Every `GET` takes `HEAD` too."
    found = declarations()
    families = {
        "Tasks, models and events": [one for one in found if not one.dialects and one.path.startswith("/v1/")],
        "Operators": [one for one in found if one.path.startswith("/admin/")],
    }
    families["Everything else"] = [
        one for one in found if not one.dialects and not any(one in listed for listed in families.values())
    ]
    for title, listed in families.items():
        yield from ("", f"## {title}", "")
        rows = ((one.method, f"`{_shown(one.path)}`", one.does, one.answers, _opens(one.needs)) for one in listed)
        yield from table(("method", "path", "what it does", "answers", "key"), rows)
    yield from ("", "## Dialects", "")
    yield "If several dialects share an address, a create goes to the dialect that sells the model, and a query is"
    yield "answered by the dialect that created the task."
    yield ""
    theirs = sorted((one for one in found if one.dialects), key=lambda one: one.dialects)
    yield from table(
        ("method", "path", "what it does", "answers", "key", "dialects"),
        (
            (one.method, f"`{_shown(one.path)}`", one.does, one.answers, _opens(one.needs), ", ".join(one.dialects))
            for one in theirs
        ),
    )


def _shown(path: str) -> str:
    return path.replace(":path}", "}")


def _opens(needs: Scope | Pass) -> str:
    return f"`{needs}`" if isinstance(needs, Scope) else needs.value


def limits_() -> Iterator[str]:
    """Yield the page on limits."""
    yield "# Limits"
    yield ""
    yield "Generated from `reelgate/limits.py`. Limits of a single model are in the [catalog](models.md)."
    rows: list[tuple[str, str, str]] = []
    for line in Path(limits.__file__).read_text().splitlines():
        if title := re.fullmatch(r"# (.+)", line):
            yield from _flushed(rows)
            yield from ("", f"## {title[1]}", "")
        elif found := re.fullmatch(r"([A-Z0-9_]+) = [^#]+(?:# (.+))?", line):
            rows.append((f"`{found[1]}`", _amount(found[1], getattr(limits, found[1])), found[2] or ""))
    yield from _flushed(rows)


def _flushed(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    if rows:
        yield from table(("name", "value", "meaning"), rows)
        rows.clear()


def _amount(name: str, value: float | tuple[float, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(_amount(name, one) for one in value)
    if "BYTES" in name and "SECOND" not in name:
        return _size(value)
    if name.endswith("_MS"):
        return f"{value:,g} ms"
    if "SECONDS" in name:
        return f"{value / 3600:g} h" if value >= 3600 else f"{value:g} s"
    return f"{value:,g}" if value < 10**5 else f"{value:,}"


_UNITS = {"GiB": 2**30, "MiB": 2**20, "KiB": 2**10}


def _size(value: float) -> str:
    unit = next((unit for unit in ("GiB", "MiB", "KiB") if value and value % _UNITS[unit] == 0), "")
    return f"{value / _UNITS[unit]:,g} {unit}" if unit else f"{value:,} bytes"


def errors_() -> Iterator[str]:
    """Yield the page on errors."""
    yield "# Errors"
    yield ""
    yield "Every error is one of these classes; each dialect renders them in [its own form](../dialects.md). The text"
    yield "below is the default message."
    yield ""
    yield from table(("error", "HTTP", "code", "meaning"), _errors(errors.ReelgateError, 0))


def _errors(kind: type[errors.ReelgateError], depth: int) -> Iterator[tuple[str, str, str, str]]:
    meaning = str(kind.__doc__).splitlines()[0]
    yield f"{'&emsp;' * depth}`{kind.__name__}`", str(kind.status), f"`{kind.code}`", meaning
    for inner in kind.__subclasses__():
        if inner.__module__.startswith(f"{errors.__name__}."):
            yield from _errors(inner, depth + 1)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "states.md": states,
    "options.md": options,
    "models.md": models,
    "routes.md": api_routes,
    "limits.md": limits_,
    "errors.md": errors_,
}


def main() -> int:
    """Write or check."""
    stale = []
    for name, page in PAGES.items():
        file = FOLDER / name
        text = f"{NOTE}\n\n" + "\n".join(page()) + "\n"
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"docs/reference differs from the code: {', '.join(stale)}; run `make docs`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
