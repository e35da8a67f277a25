"""The engines under the store, one at a time: whatever a test says of the store holds on all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.postgresql import Postgresql
from pdm.store.open import open_store
from pdm.store.protocol import Batch, Row
from pdm.store.sql import SqlStore

ENGINES = ("sqlite", "postgresql")


class Place:
    """Where an empty store may be; opens it, and closes whatever it opened."""

    def __init__(self, engine: str, new: Callable[[], str]) -> None:
        self.engine, self._new = engine, new
        self.url = new()
        self._opened: list[SqlStore] = []

    def writer(self) -> SqlStore:
        """Open the store for writing."""
        return self._open(self.url, writing=True)

    def reader(self) -> SqlStore:
        """Open the store read-only."""
        return self._open(self.url, writing=False)

    def another(self) -> "Place":
        """Return a second empty place of the same engine; whoever asks closes it."""
        return Place(self.engine, self._new)

    def close(self) -> None:
        """Close every store that was opened here."""
        for store in self._opened:
            store.close()

    def _open(self, url: str, *, writing: bool) -> SqlStore:
        store = open_store(url, writing=writing)
        self._opened.append(store)
        return store


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place for a store, of each engine in turn."""
    files = iter(range(100))

    def new() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / f'a b#c{next(files)}.sqlite'}"
        server: Postgresql = request.getfixturevalue("postgresql")
        return server.database()

    found = Place(request.param, new)
    yield found
    found.close()


def write(store: SqlStore, *rows: Row) -> None:
    """Record rows as the next message of a topic."""
    here = store.offset("t", 0)
    store.record(Batch("t", 0, here, here + 1, rows))
