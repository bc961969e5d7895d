"""Diffusion pipelines on the operator's own GPU: an account is one model in processes of its own."""

from __future__ import annotations

import msgspec

from reelgate.catalog import Model
from reelgate.diffusion.families import PipelineFamily
from reelgate.diffusion.settings import ENVIRONMENT, DiffusionSettings, check_installed, describe, settings_of
from reelgate.limits import DIFFUSION_STALL_SECONDS
from reelgate.providers.account import Account, Kind
from reelgate.providers.pooled import PooledProvider
from reelgate.request import Mode

AI_MARK = "AI"
"""Drawn if a mark is ordered and the model has none of its own."""

_WORKER = "reelgate.diffusion.worker"


class DiffusersProvider(PooledProvider):
    """Makes videos with one model, in the folder of its account."""

    def __init__(self, account: Account) -> None:
        """Work for `account`, whose `options` are those of `reelgate.diffusion.settings.DiffusionSettings`.

        Raises ValueError for options that mean nothing, an unknown pipeline, or missing optional packages.
        """
        settings, _ = _understood(account)
        try:
            check_installed()
        except ValueError as error:
            raise ValueError(f"account {account.name}: {error}") from None
        worker = (_WORKER, msgspec.json.encode(settings).decode())
        pool = account.pool(
            settings.processes,
            account.folder,
            stall_seconds=DIFFUSION_STALL_SECONDS,
            worker=worker,
            keep=ENVIRONMENT,
        )
        super().__init__(account.name, KIND.name, pool)

    def mark(self, model: Model) -> str:
        """Return the model's mark: its statement about AI is true here."""
        return model.watermark.text or AI_MARK

    def failure(self, reason: str) -> str:
        """Return what the client reads of a render that failed."""
        return f"the model could not make this: {reason}"


def _understood(account: Account) -> tuple[DiffusionSettings, PipelineFamily]:
    """Return what an account says, and what its model can make. Raises ValueError."""
    try:
        settings = settings_of(account.options)
        return settings, describe(settings.model)
    except ValueError as error:
        raise ValueError(f"account {account.name}: {error}") from None


def _able(account: Account, _model: Model, mode: Mode) -> bool:
    return mode in _understood(account)[1].makes


KIND = Kind(name="diffusers", key_env="", url_env="", base_url="", make=DiffusersProvider, able=_able, local=True)
