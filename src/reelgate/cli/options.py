"""Options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import msgspec
import typer

from reelgate.settings import Option, Settings, options


def parameter(name: str) -> inspect.Parameter:
    """Return the command-line option of one of the server's settings, as a parameter of a command."""
    kind, option = options()[name]
    default = Settings.__struct_defaults__[Settings.__struct_fields__.index(name)]
    if get_origin(kind) is tuple:
        kind, default = list[str] | None, None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, _typed(name, option)],
    )


def setting(name: str) -> Any:
    """Return how a command takes one of the server's settings: the option alone."""
    return _typed(name, options()[name][1])


def _typed(name: str, option: Option) -> Any:
    flag = option.flag or f"--{name.replace('_', '-')}"
    env = flag.removeprefix("--").replace("-", "_").upper()
    return typer.Option(
        flag,
        envvar=f"REELGATE_{env}" if option.env else None,
        help=option.help,
        min=option.least,
        max=option.most,
        show_default=option.default or True,
    )


Data = Annotated[Path, setting("data")]
Config = Annotated[
    Path | None, typer.Option("--config", envvar="REELGATE_CONFIG", help="The file with your accounts at vendors.")
]
CatalogFolder = Annotated[
    Path | None,
    typer.Option("--catalog", envvar="REELGATE_CATALOG", help="A folder with additional catalog files."),
]
Store = Annotated[str, setting("store")]
Url = Annotated[str, typer.Option("--url", envvar="REELGATE_URL", help="The server's address.")]
KeyOption = Annotated[
    str, typer.Option("--key", envvar="REELGATE_KEY", help="The API key; by default the one in the data folder.")
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Notes = Annotated[
    list[str] | None,
    typer.Option("--metadata", metavar="NAME=TEXT", help="A note of your own. Repeat the option for more."),
]

DEFAULT_URL = "http://127.0.0.1:8000"


class AtServer(msgspec.Struct, frozen=True):
    """Which server a command calls, with which key, and whether it prints JSON."""

    url: Url = DEFAULT_URL
    key: KeyOption = ""
    data: Data = Path("data")
    as_json: AsJson = False


class AtJournal(msgspec.Struct, frozen=True):
    """Which journal a command opens, and whether it prints JSON."""

    data: Data = Path("data")
    store: Store = ""
    as_json: AsJson = False


AT_SERVER, AT_JOURNAL = AtServer(), AtJournal()


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups of options: a parameter whose type is a record becomes an option for each field."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hints[name] for name in hints if _is_group(hints[name])}

    @wraps(command)
    def called(**given: Any) -> None:
        for name, group in groups.items():
            if name not in given:  # one command may call another with the whole group
                given[name] = group(**{field: given.pop(field) for field in group.__struct_fields__})
        command(**given)

    shown: Any = called
    shown.__signature__ = inspect.Signature(list(_parameters(command, hints, groups)))
    shown.__annotations__ = {name: one.annotation for name, one in shown.__signature__.parameters.items()}
    return called


def _is_group(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _parameters(
    command: Callable[..., None], hints: Mapping[str, Any], groups: Mapping[str, Any]
) -> Iterator[inspect.Parameter]:
    for name, one in inspect.signature(command).parameters.items():
        if name not in groups:
            yield one.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        types = get_type_hints(groups[name], include_extras=True)
        for field in msgspec.structs.fields(groups[name]):
            kind = inspect.Parameter.KEYWORD_ONLY
            default = inspect.Parameter.empty if field.default is msgspec.NODEFAULT else field.default
            yield inspect.Parameter(field.name, kind, default=default, annotation=types[field.name])


def notes(given: Iterable[str]) -> dict[str, str]:
    """Return the notes of NAME=TEXT. Raises ValueError."""
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, sign, _ in pairs if not sign or not name]:
        raise ValueError(f"--metadata is {wrong[0]!r}; allowed: NAME=TEXT")
    return {name: text for name, _, text in pairs}


def key_of(key: str, data: Path) -> str:
    """Return the key given, else the one that the server on this machine keeps. Raises ValueError without either."""
    if key:
        return key
    try:
        return (data / "key").read_text().strip()
    except OSError:
        raise ValueError(
            f"no API key: give one with --key or REELGATE_KEY, or --data with the folder of the server "
            f"on this machine ({data / 'key'} can't be read)"
        ) from None
