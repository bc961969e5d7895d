"""One gateway and one media server for the tests that may share them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate.testing.media_server import MediaServer
from tests.e2e.inputs import serve_inputs
from tests.e2e.server import Server, serving


class Inputs:
    """The served inputs: their files and their addresses."""

    def __init__(self, files: dict[str, Path], server: MediaServer) -> None:
        self.files = files
        self.server = server

    def url(self, name: str) -> str:
        """Return an input's address."""
        return self.server.url(f"/{name}")


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inputs]:
    with MediaServer() as server:
        yield Inputs(serve_inputs(tmp_path_factory.mktemp("inputs"), server), server)


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have what a test leaves in the shared gateway's line called off: the next tests would wait until it is drawn."""
    yield
    if "shared_gateway" in request.fixturenames:
        request.getfixturevalue("shared_gateway").call_off()


@pytest.fixture(scope="session")
def shared_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("gateway") / "data", "--workers", "2", "--allow-private-media") as server:
        yield server


@pytest.fixture(scope="session")
def gateway(shared_gateway: Server) -> Server:
    return shared_gateway
