"""Turns a program's inputs into what the house dialect takes: an address or a data URI."""

from __future__ import annotations

import base64
import io
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ADDRESSES = ("http://", "https://", "data:", "asset://", "oss://")
_MEDIA = ("image", "last_image", "video", "first_clip")
_LISTS = ("images", "videos", "audios")


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a create's fields as JSON holds them; what is None is left out. Raises OSError, TypeError."""
    fields = {name: value for name, value in given.items() if value is not None}
    for name in _MEDIA:
        if name in fields:
            fields[name] = address(fields[name])
    for name in _LISTS:
        if name in fields:
            many = fields[name]
            fields[name] = [address(one) for one in (many if isinstance(many, list | tuple) else [many])]
    return fields


def address(item: Any) -> str:
    """Return an address as it is; a path, bytes, an open file or a PIL image as a data URI.

    A text that is not an address is a path. Raises OSError if there is no such file, TypeError for anything else.
    """
    if isinstance(item, str):
        return item if item.startswith(_ADDRESSES) else _of_file(Path(item))
    if isinstance(item, Path):
        return _of_file(item)
    if isinstance(item, bytes | bytearray | memoryview):
        return _data(bytes(item), "")
    if hasattr(item, "read"):
        data = item.read()
        name = getattr(item, "name", "")
        return _data(data if isinstance(data, bytes) else data.encode(), name if isinstance(name, str) else "")
    if hasattr(item, "save") and hasattr(item, "mode"):
        held = io.BytesIO()
        item.save(held, format="PNG")
        return _data(held.getvalue(), "x.png")
    raise TypeError(f"an input is an address, a path, bytes, an open file or a PIL image, not {type(item).__name__}")


def opened(item: Any) -> tuple[str, io.BufferedIOBase, int]:
    """Return an input's name, and what reads its bytes and how many these are. Raises OSError, TypeError."""
    if isinstance(item, str | Path):
        file = Path(item).open("rb")  # noqa: SIM115 (the caller closes it)
        return Path(item).name, file, file.seek(0, io.SEEK_END)
    name, data = content(item)
    return name, io.BytesIO(data), len(data)


def content(item: Any) -> tuple[str, bytes]:
    """Return the name and the bytes of a file in whatever form a program has it. Raises OSError, TypeError."""
    head, _, text = address(Path(item) if isinstance(item, str) else item).partition(",")
    kind = head.removeprefix("data:").removesuffix(";base64")
    name = Path(str(getattr(item, "name", "") or (item if isinstance(item, str) else ""))).name
    return name or f"upload{mimetypes.guess_extension(kind) or ''}", base64.b64decode(text)


def _of_file(path: Path) -> str:
    return _data(path.read_bytes(), path.name)


def _data(data: bytes, name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"  # the server looks into it anyway
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
