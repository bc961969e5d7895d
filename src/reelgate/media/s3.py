"""A bucket of S3 or its kin: how it is addressed, what its errors mean, and named objects in it."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reelgate import limits

CHUNK_BYTES = 256 * 1024
PIECE_BYTES = 8 * 1024 * 1024
"""Of an upload in parts."""
_NO_ROOM = frozenset(
    {"InsufficientStorage", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull"}
)  # what MinIO, Ceph and their kin say
_SETTINGS = frozenset({"endpoint", "region", "virtual_hosted_style_request", "conditional_put"})


class Objects:
    """Named objects in a bucket, beside the files of a media store there. Methods raise OSError."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for an invalid address, ModuleNotFoundError where the extra is not installed."""
        self._store = client(url, limits.S3_CALL_SECONDS, limits.S3_RETRY_SECONDS)

    async def names(self, prefix: str) -> list[str]:
        """Return the names of the objects that begin so."""
        import obstore

        with mapped("list"):
            pages = obstore.list(self._store, prefix=prefix)
            return [str(found["path"]) async for page in pages for found in page]

    async def put(self, name: str, path: Path) -> None:
        """Write a file, in parts where it is large."""
        import obstore

        with mapped("write to"):
            await obstore.put_async(self._store, name, path, chunk_size=PIECE_BYTES, max_concurrency=4)

    async def write(self, name: str, data: bytes) -> None:
        """Write some bytes."""
        import obstore

        with mapped("write to"):
            await obstore.put_async(self._store, name, data)

    async def read(self, name: str) -> bytes:
        """Return an object's bytes. Raises FileNotFoundError."""
        import obstore

        with mapped("read from"):
            return bytes(await (await obstore.get_async(self._store, name)).bytes_async())

    async def get(self, name: str, path: Path) -> None:
        """Write an object into a new file of this user's alone. Raises FileNotFoundError."""
        import obstore

        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file, mapped("read from"):
            found = await obstore.get_async(self._store, name)
            async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                await asyncio.to_thread(file.write, bytes(chunk))
            os.fsync(descriptor)


def client(url: str, seconds: float, retry_seconds: float) -> Any:
    """Return a store of obstore's at `s3://bucket/prefix`; `seconds` is for one call.

    Raises ValueError for an invalid address, ModuleNotFoundError where the extra is not installed.
    """
    parts = urlsplit(url)
    settings = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or settings.keys() - _SETTINGS:
        allowed = ", ".join(sorted(_SETTINGS))
        raise ValueError(f"{url!r} is not a bucket; give s3://bucket/prefix, with ?name=value for: {allowed}")
    from obstore.store import S3Store

    endpoint = settings.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        settings["endpoint"] = endpoint
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config={"region": region, **settings},  # type: ignore[arg-type]  # names were checked above
        client_options={
            "allow_http": (endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=min(5.0, seconds)),
            "read_timeout": timedelta(seconds=seconds),
            "timeout": timedelta(seconds=limits.S3_TRANSFER_SECONDS),
        },
        retry_config={
            "max_retries": 4,
            "retry_timeout": timedelta(seconds=retry_seconds),
            "backoff": {"max_backoff": timedelta(seconds=2)},
        },
    )


@contextmanager
def mapped(what: str) -> Iterator[None]:
    """Raise what goes wrong as OSError, in a line without the address's secrets."""
    from obstore import exceptions

    try:
        yield
    except (FileNotFoundError, exceptions.NotFoundError) as error:
        if "NoSuchBucket" in str(error):
            raise OSError(errno.EIO, f"can't {what} the bucket: there is no such bucket") from error
        raise FileNotFoundError(str(error).partition("\n")[0]) from error
    except exceptions.AlreadyExistsError:
        raise
    except exceptions.BaseError as error:
        reason = _reason(error)
        raise OSError(
            errno.ENOSPC if reason in _NO_ROOM else errno.EIO, f"can't {what} the bucket: {reason}"
        ) from error


def _reason(error: Exception) -> str:
    code = re.search(r"<Code>(\w+)</Code>", str(error))
    if code:
        return code[1]
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
