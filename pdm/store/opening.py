"""Opens the store that a setting names; the one place that knows which engines there are."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pdm.store.errors import StoreError
from pdm.store.protocol import Store
from pdm.store.sqlite import open_reader, open_writer


def open_store(url: str, *, write: bool = False) -> Store:
    """Open a store by its SQLAlchemy URL, `sqlite:///FILE`.

    write : only for the one process that records; its tables are made where there are none
    raises StoreError if the URL names no engine we have, or the file cannot be opened
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is not the URL of a store: sqlite:///FILE is") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError(f"{parsed.render_as_string()!r} is not the URL of a store: sqlite:///FILE is")
    path = Path(parsed.database)
    return open_writer(path) if write else open_reader(path)
