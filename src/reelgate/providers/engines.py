"""Engines of other distributions as providers: each account is one engine in render processes of its own."""

from __future__ import annotations

from functools import partial

import msgspec

from reelgate.catalog import Model
from reelgate.plugins import ENGINES, brought
from reelgate.providers.account import Account, Kind
from reelgate.providers.pooled import PooledProvider
from reelgate.render.engines import Engine
from reelgate.request import Mode

PROCESSES = "processes"
"""The option that every engine's account takes: how many videos it makes at once."""

_WORKER = "reelgate.render.engine_worker"


class EngineProvider(PooledProvider):
    """Makes videos with an engine that another distribution brings."""

    def __init__(self, engine: Engine, account: Account) -> None:
        """Work for `account`, whose `options` are the engine's own and `processes`. Raises ValueError."""
        options = dict(account.options)
        processes = _count(account.name, options.pop(PROCESSES, "1"))
        try:
            engine.check(options)
        except ValueError as error:
            raise ValueError(f"account {account.name}: {error}") from None
        self._engine = engine
        worker = (_WORKER, engine.name, msgspec.json.encode(options).decode())
        super().__init__(account.name, engine.name, account.pool(processes, account.folder, worker=worker))

    def mark(self, model: Model) -> str:
        """Return the engine's mark where the model's own is none, or claims that AI made the picture."""
        return self._engine.mark if model.watermark.says_ai or not model.watermark.text else model.watermark.text

    def failure(self, reason: str) -> str:
        """Return what the client reads of a render that failed."""
        return f"the engine {self._engine.name} could not make this: {reason}"


def engine_kinds() -> list[Kind]:
    """Return the kinds of accounts that use an installed engine. Raises ValueError if one can't be imported."""
    return [_kind(engine) for engine in brought(ENGINES)]


def _kind(engine: Engine) -> Kind:
    def able(_account: Account, _model: Model, mode: Mode) -> bool:
        return mode in engine.modes

    return Kind(
        name=engine.name,
        key_env="",
        url_env="",
        base_url="",
        make=partial(EngineProvider, engine),
        able=able,
        local=True,
    )


def _count(account: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"account {account}: {PROCESSES} is {text!r}; it must be a whole number, 1 or more")
    return int(text)
