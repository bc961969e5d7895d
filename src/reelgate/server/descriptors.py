"""The limit of open files and sockets, and how many of them are for connections."""

from __future__ import annotations

import resource

import structlog

from reelgate import limits

log = structlog.get_logger()


def raise_limit() -> int:
    """Raise the soft limit of open descriptors to the hard one, as far as the system lets us; return what it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError) as error:  # macOS has a lower ceiling than the hard limit says
            log.warning("server.descriptors", soft=soft, hard=hard, reason=str(error))
    now = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return limits.MAX_CONNECTIONS * 4 if now == resource.RLIM_INFINITY else now


def connections_within(descriptors: int, workers: int) -> int:
    """Return how many connections leave enough to journal and workers, and to each of them a file to send."""
    reserved = min(limits.RESERVED_DESCRIPTORS + limits.DESCRIPTORS_PER_WORKER * workers, descriptors // 2)
    return max(1, min(limits.MAX_CONNECTIONS, (descriptors - reserved) // 2))
