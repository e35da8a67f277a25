"""Opens the store that a URL names."""

from pathlib import Path

from pdm.store.errors import StoreError
from pdm.store.protocol import Store
from pdm.store.sqlite import open_reader, open_writer

_SQLITE = "sqlite:///"


def open_store(url: str, *, writing: bool = True) -> Store:
    """Open the store at `url`; only one process may open it for writing.

    raises StoreError where no engine knows the URL, or the file is no store
    """
    if not url.startswith(_SQLITE):
        raise StoreError(f"the store must be a SQLite file, not {url.split(':', 1)[0]}")
    path = Path(url.removeprefix(_SQLITE))
    return open_writer(path) if writing else open_reader(path)
