"""Log lines: one JSON object a line on stderr when it is not a terminal, readable text when it is."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from reelgate import request_ids

_OF_CLIENTS = ("python_multipart", "uvicorn.error")
"""Libraries that warn of a client's mistakes. The client gets the error; the log should not fill with them."""


def set_up_log(*, level: str) -> None:
    """Configure structlog once, at start. Nothing here is ever given a key, a prompt or a link's signature."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _of_request,
            _in_order,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(sys.stderr))),
    )
    logging.basicConfig(handlers=[_Foreign()], level=logging.WARNING, force=True)
    for name in _OF_CLIENTS:
        logging.getLogger(name).setLevel(logging.ERROR)


def _of_request(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the request that a line was written for, as its answer does."""
    if "request_id" not in line and (request_id := request_ids.logged()):
        line["request_id"] = request_id
    return line


def _in_order(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put first what a reader looks for first."""
    first = {name: line.pop(name) for name in ("timestamp", "level", "event") if name in line}
    return {**first, **line}


class _Foreign(logging.Handler):
    """Writes what libraries log as lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        structlog.get_logger().log(
            record.levelno, "library", name=record.name, text=record.getMessage(), exc_info=record.exc_info
        )


class _Unfailing:
    """A stream that drops what can't be written: a full disk must not stop the work that is logged."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()
