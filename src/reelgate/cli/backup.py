"""`reelgate backup`: copy a data folder, also while its server runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.options import Data
from reelgate.cli.problems import one_line
from reelgate.server.data_folder import kept_media
from reelgate.tasks.sqlite import back_up

_SECRETS = ("secret", "key")
"""Small files of the folder that a restored server needs; `instance` is none: the copy is another server."""


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to put the copy; a folder that does not exist yet.")],
    data: Data = Path("data"),
) -> None:
    """Copy journal, files and secrets into a new folder; `reelgate serve --data` runs on the copy."""
    with one_line():
        if folder.exists():
            raise FileExistsError(f"{folder} exists already; name a new folder")
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        kept = kept_media(data)
        _copy_files(data / "media", part / "media")
        back_up(data / "journal.db", part / "journal.db")
        files = _copy_files(data / "media", part / "media")  # what came while the journal was copied
        for name in _SECRETS:
            if (data / name).exists():
                _copy(data / name, part / name)
        part.rename(folder)
    where = f" (the others stay in {kept}: name it with --media)" if kept else ""
    typer.echo(
        f"{folder}: the journal and {files} files{where}. To restore, copy it and run: reelgate serve --data COPY"
    )


def _copy_files(source: Path, target: Path) -> int:
    """Copy the media store's files that are not there yet, links where the disk allows; return how many there are."""
    count = 0
    for file in sorted(source.glob("??/??/*")):
        own = target / file.relative_to(source)
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        count += 1
        if not own.exists():
            try:
                os.link(file, own)  # a file of the store never changes
            except FileNotFoundError:  # removed since the folder was read
                count -= 1
            except OSError:
                _copy(file, own)
    return count


def _copy(source: Path, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as original, os.fdopen(descriptor, "wb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(descriptor)
