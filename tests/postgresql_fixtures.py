"""Fixtures that start a real PostgreSQL in a directory of its own; each worker of a test run has one."""

from collections.abc import Iterator

import pytest
from programs import require

from bench.postgresql import Postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One server for the whole session; a test takes a database of its own."""
    yield from _running()


@pytest.fixture
def fresh_postgresql() -> Iterator[Postgresql]:
    """A server for one test alone, for tests that crash it."""
    yield from _running()


def _running() -> Iterator[Postgresql]:
    server = Postgresql(require("initdb"), require("postgres"))
    try:
        server.start()
        yield server
    finally:
        server.remove()
