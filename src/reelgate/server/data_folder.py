"""The data folder: one server at a time works in it; it keeps the server's name, its signing secret and first key."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

JOURNAL = "journal.db"
_SQLITE = "sqlite:///"
_SIGNING, _STORE, _MEDIA = "secret", "store", "media-store"


class DataFolder:
    """An opened, locked data folder. Raises OSError with one line where it can't be written or is in use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OSError(f"the data folder {path} can't be written: {error.strerror}") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise OSError(f"the data folder {path} is in use by another server; give each server its own") from None
        self.instance = self._kept("instance", lambda: secrets.token_hex(8))
        self.secret = bytes.fromhex(self._kept(_SIGNING, lambda: secrets.token_hex(32)))

    def keep_secret(self, secret: bytes) -> None:
        """Write down the secret that the servers of a journal share, so that the folder is whole by itself."""
        if secret != self.secret:
            _write(self.path / _SIGNING, secret.hex())
            self.secret = secret

    def keep_key(self, secret: str) -> None:
        """Write the first key down for the command line on this machine, readable by this user alone."""
        _write(self.path / "key", secret)

    def kept_key(self) -> str:
        """Return the first key, empty when its file has been removed."""
        file = self.path / "key"
        return file.read_text().strip() if file.exists() else ""

    def keep_store(self, url: str) -> None:
        """Write down where the journal is, without a password, for commands that get only the folder.

        A journal in the folder is not written down: a copy of the folder has its own.
        """
        file = _file_of(url)
        text = _without_password(url) if file is None else f"{_SQLITE}{file}"
        if file == (self.path / JOURNAL).absolute():
            text = ""
        if kept_store(self.path) != text:
            _write(self.path / _STORE, text)

    def keep_media(self, place: str) -> None:
        """Write down where the files are, for commands that get only the folder."""
        named = place if not place or "://" in place else str(Path(place).absolute())
        if kept_media(self.path) != named:
            _write(self.path / _MEDIA, named)

    def close(self) -> None:
        """Let the next server in."""
        os.close(self._lock)

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self.path / name
        if not file.exists():
            _write(file, make())
        return file.read_text().strip()


def kept_secret(path: Path) -> str:
    """Return the secret with which a folder's server signs. Raises FileNotFoundError if there is none."""
    try:
        return (path / _SIGNING).read_text().strip()
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no secret in {path}; name the server's data folder with --data") from None


def kept_store(path: Path) -> str:
    """Return where the journal of a folder's server is, "" where it is in the folder."""
    try:
        return (path / _STORE).read_text().strip()
    except OSError:
        return ""


def kept_journal(path: Path) -> Path:
    """Return the file with the journal of a folder's server.

    Raises FileNotFoundError if it is not there, ValueError where the server keeps its journal in a database.
    """
    kept = kept_store(path)
    file = _file_of(kept or f"{_SQLITE}{path / JOURNAL}")
    if file is None:
        raise ValueError(
            f"the server of {path} keeps its journal at {kept}: back up that database (pg_dump or the like) "
            "and the files (reelgate media copy), and start the first server on a restored one with --restored"
        )
    if not file.is_file():
        raise FileNotFoundError(f"there is no journal at {file}; name the server's data folder with --data")
    return file


def kept_media(path: Path) -> str:
    """Return where the files of a folder's server are, "" where they are in the folder."""
    try:
        return (path / _MEDIA).read_text().strip()
    except OSError:
        return ""


def _file_of(url: str) -> Path | None:
    """Return the file of a journal that is one."""
    return Path(url.removeprefix(_SQLITE)).absolute() if url.startswith(_SQLITE) else None


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if "password" not in name])
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query=query))


def is_served(path: Path) -> bool:
    """Whether a server works in that folder now."""
    try:
        descriptor = os.open(path / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _write(file: Path, text: str) -> None:
    """Write a secret whole or not at all, mode 0600 from its first byte."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(descriptor)
    part.replace(file)
