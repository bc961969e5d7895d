"""Reads the catalog's TOML files."""

from __future__ import annotations

from collections.abc import Iterator

from reelgate.catalog.model import Model


class Catalog:
    """Every model that is served, by dialect and id."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = models
        self._by_key = {(m.dialect, m.id): m for m in models}
        self._by_id = {m.id: m for m in reversed(models)}

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models)

    def find(self, model_id: str, *dialects: str) -> Model | None:
        """Return the row of the first of `dialects` that sells the model (of any dialect when none is named)."""
        if not dialects:
            return self._by_id.get(model_id)
        return next((m for d in dialects if (m := self._by_key.get((d, model_id)))), None)


def load() -> Catalog:
    """Return the catalog that ships with the package. Raises ValueError where a file is wrong."""
    raise NotImplementedError
