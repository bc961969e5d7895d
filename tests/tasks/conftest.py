from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

NewUrl = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def new_sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Names an empty journal in a file."""

    async def new_url() -> str:
        return f"sqlite:///{tmp_path_factory.mktemp('journal') / 'journal.db'}"

    return new_url


@pytest.fixture(scope="session")
def new_postgres_url(postgres_url: str) -> NewUrl:
    """Names an empty journal on PostgreSQL: each has a schema of its own."""
    numbers = itertools.count()

    async def new_url() -> str:
        schema = f"journal_{next(numbers)}"
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.close()
        return f"{postgres_url}&search_path={schema}"

    return new_url


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest) -> NewUrl:
    """Names an empty journal on each database."""
    fixture: NewUrl = request.getfixturevalue(f"new_{request.param}_url")
    return fixture
