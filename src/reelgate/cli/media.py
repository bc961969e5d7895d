"""`reelgate media`: moves the files of a gateway from one store to another."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.options import AsJson
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json
from reelgate.media.port import MediaStore
from reelgate.media.stores import store_at

app = typer.Typer(help="Copy files to another store.", no_args_is_help=True)

_Place = Annotated[str, typer.Argument(help="A folder, such as data/media, or s3://bucket/prefix.")]
AT_ONCE = 8
"""Files on their way at one time."""


@app.command()
def copy(source: _Place, target: _Place, as_json: AsJson = False) -> None:
    """Copy the files that the target lacks, even while servers use them. Run it again to copy what is new."""
    with one_line():
        if "://" not in source and not Path(source).is_dir():
            raise FileNotFoundError(f"there is no folder {source}")
        copied, there = asyncio.run(copied_between(source, target))
    if as_json:
        print_json({"copied": copied, "there": there})
        return
    typer.echo(f"{copied} files copied, {there} were there already")


async def copied_between(source: str, target: str) -> tuple[int, int]:
    """Copy what is not there yet; return how many files were copied and how many were there. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix="reelgate-media-") as scratch:
        caches = [Path(scratch) / name for name in ("old", "new")]
        old, new = (store_at(place, cache) for place, cache in zip((source, target), caches, strict=True))
        await old.open()
        await new.open()
        ends: Counter[str] = Counter()
        batch: list[tuple[str, int]] = []
        async for digest, size, _ in old.digests():
            batch.append((digest, size))
            if len(batch) >= AT_ONCE:
                ends.update(await asyncio.gather(*(_moved(old, new, *one) for one in batch)))
                for cache, (kept, _) in itertools.product(caches, batch):
                    (cache / kept).unlink(missing_ok=True)  # a bucket may hold far more than fits on this disk
                batch.clear()
        ends.update(await asyncio.gather(*(_moved(old, new, *one) for one in batch)))
        return ends["copied"], ends["there"]


async def _moved(old: MediaStore, new: MediaStore, digest: str, size: int) -> str:
    """Copy a file; return the outcome. Raises OSError if its bytes are not those of its name."""
    if await new.size(digest) == size:
        return "there"
    try:
        blob = await new.put(await old.local(digest))
    except FileNotFoundError:
        return "gone"
    if blob.digest != digest:
        raise OSError(f"the file {digest} is damaged: its bytes have the SHA-256 {blob.digest}")
    return "copied"
