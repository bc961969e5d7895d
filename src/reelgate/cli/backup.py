"""`reelgate backup`: copy a data folder into another one or into a bucket, also while its server runs."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.media import copied_between
from reelgate.cli.options import AsJson, Data
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json
from reelgate.server.data_folder import JOURNAL, kept_journal, kept_media
from reelgate.tasks.sqlite import back_up

_SCRATCH = ".backup-"
"""What a folder's name begins with that a backup into a bucket needs while it runs."""

SECRETS = ("secret", "key")
"""Small files of the folder that a restored server needs; `instance` is none: the copy is another server."""


def backup(
    to: Annotated[
        str,
        typer.Argument(help="The target: a folder that does not exist yet, or s3://bucket/prefix.", metavar="PLACE"),
    ],
    data: Data = Path("data"),
    from_bucket: Annotated[
        bool, typer.Option("--from-bucket", help="Also copy the files that the server keeps in a bucket.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the journal, files and secrets; `reelgate restore` turns the copy into a data folder."""
    with one_line():
        kept = kept_media(data) if "://" in kept_media(data) else ""
        if from_bucket and not kept:
            raise ValueError(f"--from-bucket: the server of {data} keeps its files in a folder, which is copied anyway")
        sources = [*map(str, media_folders(data)), *([kept] if from_bucket else [])]
        kept = "" if from_bucket else kept
        if "://" in to:
            name, files = asyncio.run(_to_bucket(data, sources, to))
            restore = f"reelgate restore {to} DIR --at {name}"
        else:
            files = _to_folder(data, sources, Path(to))
            restore = f"reelgate restore {to} DIR"
    if as_json:
        print_json({"backup": to, "files": files, "others_in": kept or None, "restore": restore})
        return
    where = f" (the others stay in {kept}: name it with --media, or copy them too with --from-bucket)" if kept else ""
    typer.echo(f"{to}: the journal and {files} files{where}. To restore: {restore}")


def _to_folder(data: Path, sources: Sequence[str], folder: Path) -> int:
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; name a new folder")
    journal = kept_journal(data)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    for source in sources:
        _copy_from(source, part / "media")
    back_up(journal, part / JOURNAL)
    for source in sources:  # what came while the journal was copied
        _copy_from(source, part / "media")
    files = sum(1 for _ in (part / "media").glob("??/??/*"))
    for name in SECRETS:
        if (data / name).exists():
            copy_file(data / name, part / name)
    part.rename(folder)
    return files


def _copy_from(source: str, target: Path) -> None:
    if "://" in source:
        asyncio.run(copied_between(source, str(target)))
    else:
        copy_files(Path(source), target)


async def _to_bucket(data: Path, sources: Sequence[str], url: str) -> tuple[str, int]:
    """Bring a backup into a bucket; return its name and how many files it has. What is there is not sent again."""
    from reelgate.media.backups import Backups  # an extra

    backups, original = Backups(url), kept_journal(data)
    with _scratch(data) as scratch:
        journal = scratch / JOURNAL
        for source in sources:
            await copied_between(source, url)
        await asyncio.to_thread(back_up, original, journal)
        files = sum([sum(await copied_between(source, url)) for source in sources])
        secrets = await asyncio.to_thread(_secrets, data)
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        await backups.add(name, journal, secrets, files)
    return name, files


@contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    """Make a folder for one backup, and remove what killed ones have left, unless another one is running."""
    lock = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in data.glob(f"{_SCRATCH}*"):
                shutil.rmtree(left)
        fcntl.flock(lock, fcntl.LOCK_SH)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=data) as scratch:
            yield Path(scratch)
    finally:
        os.close(lock)


def media_folders(data: Path) -> list[Path]:
    """Return the folders in which files of a server are: its own, and the one that `--media` names.

    Raises FileNotFoundError if that one is not there: a backup without it would lack what it seems to have.
    """
    own, kept = data / "media", kept_media(data)
    named = [] if not kept or "://" in kept else [Path(kept)]
    for folder in named:
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}, where the server of {data} keeps its files")
    return [folder for folder in (own, *named) if folder.is_dir()]


def _secrets(data: Path) -> dict[str, str]:
    return {name: (data / name).read_text().strip() for name in SECRETS if (data / name).exists()}


def copy_files(source: Path, target: Path) -> int:
    """Copy a media folder's files that are not there yet, links where the disk allows; return how many there are."""
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
                copy_file(file, own)
    return count


def copy_file(source: Path, target: Path) -> None:
    """Copy a file into one of this user's alone."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as original, os.fdopen(descriptor, "wb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(descriptor)
