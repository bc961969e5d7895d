"""`reelgate models`: what is served."""

from __future__ import annotations

from rich.table import Table

from reelgate.catalog import load
from reelgate.cli.options import AsJson, CatalogFolder
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json, print_table, rows_of


def models(
    catalog: CatalogFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the models of the catalog, with modes and limits."""
    with one_line():
        table = Table("model", "dialect", "modes", "tiers", "seconds", "ratios", box=None)
        for model in load(catalog):
            length = model.duration
            seconds = "source" if length.from_source else f"{length.min}-{length.max}{' or -1' if length.auto else ''}"
            seconds = ", ".join(map(str, length.lengths)) or seconds
            modes, tiers, ratios = ", ".join(model.modes), ", ".join(model.resolutions), ", ".join(model.ratios)
            table.add_row(model.id, model.dialect, modes, tiers, seconds, ratios)
        if as_json:
            print_json(rows_of(table))
        else:
            print_table(table)
