"""One browser and one server for the tests that drive a browser; the others have servers of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.console.browsing import CHROMIUM, FLAGS
from tests.e2e.server import Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser") / "data"
    with serving(folder, "--workers", "1", "--allow-private-callbacks") as found:
        yield found


@pytest.fixture(scope="session")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server at which nobody draws: a task waits until it is called off, however long that takes."""
    with serving(tmp_path_factory.mktemp("idle") / "data", "--workers", "0", "--allow-private-callbacks") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for one module: while it runs, its thread has an event loop, beside which no other can run."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
