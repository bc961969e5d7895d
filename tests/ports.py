"""Ports at which nothing listens yet, or any more, and that no other program of the machine is given meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses connections, until whoever is told of it listens there.

    The socket that keeps it is bound and does not listen: the system gives the port to nobody who asks for a free one,
    and a server that names it may have it, as servers do with SO_REUSEADDR.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]
