"""Which provider makes a model's videos."""

from __future__ import annotations

from collections.abc import Mapping

from reelgate.catalog import Model
from reelgate.providers.port import Provider


class Router:
    """Chooses among the providers that are set up; the built-in engine can draw every model."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = providers

    def provider_for(self, model: Model) -> str:
        """Return the provider's name: a vendor that knows the model under its own id, else the first that is set up."""
        return next((name for name in model.upstream if name in self._providers), next(iter(self._providers)))
