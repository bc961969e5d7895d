"""The deadlines of a connection, and which connection is closed to make room for another."""

from __future__ import annotations

from reelgate import limits
from reelgate.errors import RequestTooSlow
from reelgate.server.connection import Connection
from reelgate.server.exchange import Exchange


def look(connection: Connection, now: float, pause: float) -> None:
    """End what has taken too long; `pause` seconds have passed since the last look."""
    exchange, waited = connection.exchange, now - connection.since
    if connection.transport.is_closing():
        return
    if connection.lingers:
        if waited > limits.LINGER_SECONDS:
            connection.transport.abort()
    elif connection.in_head:
        if waited > limits.HEAD_SECONDS:
            connection.break_off(RequestTooSlow(f"the head took over {limits.HEAD_SECONDS:g} seconds; send it at once"))
    elif exchange is None:
        if waited > limits.HEAD_SECONDS:
            connection.transport.close()
    elif exchange.more_body and not connection.deaf:
        _look_at_body(connection, exchange, waited, pause)
    elif exchange.response_complete and waited > connection.keeps:
        connection.transport.close()
    _look_at_answer(connection, now)


def _look_at_body(connection: Connection, exchange: Exchange, waited: float, pause: float) -> None:
    if connection.flow.read_paused:
        connection.since += pause  # it is we who take no more
    elif waited > limits.BODY_SECONDS + exchange.received / limits.BODY_BYTES_A_SECOND:
        came = f"{exchange.received} bytes of the body came in {waited:.0f} seconds"
        connection.break_off(
            RequestTooSlow(f"{came}, which is too slow; send large media by address instead of inline")
        )
    elif exchange.response_complete and exchange.received > limits.MAX_DISCARDED_BYTES:
        connection.end()


def _look_at_answer(connection: Connection, now: float) -> None:
    if not connection.flow.write_paused:
        connection.unsent = (-1, now)
        return
    unsent = connection.transport.get_write_buffer_size()
    if unsent != connection.unsent[0]:
        connection.unsent = (unsent, now)
    elif now - connection.unsent[1] > limits.ANSWER_STALL_SECONDS:
        connection.transport.abort()


def worth(connection: Connection, now: float) -> tuple[int, float] | None:
    """Return how soon it makes room for another one, the least first; None while it must not."""
    exchange = connection.exchange
    if connection.lingers:
        return (0, connection.since)
    if exchange is not None and not exchange.response_complete:
        return None
    if exchange is None or connection.in_head:
        return (0 if now - connection.since > limits.CROWD_SECONDS else 2, connection.since)
    return (1, connection.since)
