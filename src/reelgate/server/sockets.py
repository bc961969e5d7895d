"""What the system knows about a client's socket: whether it has ended, and how much is not acknowledged."""

from __future__ import annotations

import asyncio
import fcntl
import select
import socket
import sys
import termios

from reelgate.admission.delivery import End

_CLOSED, _CLOSE_WAIT = 7, 8  # states in the first byte of tcp(7)'s TCP_INFO


def end_of(transport: asyncio.Transport) -> End:
    """Return how the client has ended the connection, as the system knows also before that is read."""
    opened = transport.get_extra_info("socket")
    if transport.is_closing() or opened is None or sys.platform != "linux":
        return End.NONE
    # uvloop's own stand-in for the socket can't be asked. Any family will do, and is not looked for.
    seen = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, opened.fileno())
    try:
        state = seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        if state == _CLOSED and _has_error(opened.fileno()):
            return End.RESET
        return End.CLOSED if state in (_CLOSED, _CLOSE_WAIT) else End.NONE
    except OSError:
        return End.NONE
    finally:
        seen.detach()


def unsent(transport: asyncio.Transport) -> int:
    """Return how many bytes the client's system has not acknowledged; 0 if that is unknown."""
    waiting = transport.get_write_buffer_size()
    opened = transport.get_extra_info("socket")
    if waiting or opened is None or sys.platform != "linux":
        return waiting
    try:
        return int.from_bytes(fcntl.ioctl(opened.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def _has_error(descriptor: int) -> bool:
    """Whether a connection ended with an error; one that both sides have ended is closed as well, without any."""
    asked = select.poll()
    asked.register(descriptor, 0)
    return any(seen & select.POLLERR for _, seen in asked.poll(0))
