"""`reelgate restore`: make a data folder of a backup."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.backup import SECRETS, copy_file, copy_files
from reelgate.cli.media import copied_between
from reelgate.cli.options import AsJson
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json


def restore(
    source: Annotated[str, typer.Argument(help="A folder or s3://bucket/prefix that `reelgate backup` wrote.")],
    folder: Annotated[Path, typer.Argument(help="The new data folder; one that does not exist yet.")],
    at: Annotated[str, typer.Option(help="The backup's name in the bucket; by default the newest one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Turn a backup into a data folder. Its server first looks up what the original may have submitted."""
    with one_line():
        if folder.exists():
            raise FileExistsError(f"{folder} exists already; name a new folder")
        if at and "://" not in source:
            raise ValueError("--at: a folder holds one backup; name one of a bucket's")
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        fetched = "://" in source
        files = asyncio.run(_from_bucket(source, at, part)) if fetched else _from_folder(Path(source), part)
        part.rename(folder)
    if as_json:
        print_json({"folder": str(folder), "files": files})
        return
    typer.echo(f"{folder}: the journal and {files} files. Run: reelgate serve --data {folder}")


def _from_folder(source: Path, part: Path) -> int:
    if not (source / "journal.db").is_file():
        raise FileNotFoundError(f"there is no backup in {source}")
    files = copy_files(source / "media", part / "media")
    for name in ("journal.db", *SECRETS):
        if (source / name).exists():
            copy_file(source / name, part / name)
    return files


async def _from_bucket(source: str, at: str, part: Path) -> int:
    from reelgate.media.backups import Backups  # an extra

    note = await Backups(source).fetch(at, part / "journal.db")
    copied, _ = await copied_between(source, str(part / "media"))
    _write_secrets(part, note.secrets)
    return copied


def _write_secrets(part: Path, secrets: Mapping[str, str]) -> None:
    for name in SECRETS:
        if name in secrets:
            file = os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w") as opened:
                opened.write(secrets[name] + "\n")
