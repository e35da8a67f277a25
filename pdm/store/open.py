"""Opens the store that a URL names; the one place that knows which engines there are."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pdm.store.errors import StoreError
from pdm.store.protocol import Store
from pdm.store.sqlite import open_reader, open_writer


def open_store(url: str, *, writing: bool = True) -> Store:
    """Open the store at `url`, sqlite:///FILE; only one process may open it for writing.

    raises StoreError where no engine knows the URL, or the file is no store
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("the store must be a SQLite file, sqlite:///FILE") from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        raise StoreError(f"the store must be a SQLite file, not {parsed.render_as_string()}")
    path = Path(str(parsed.database))
    return open_writer(path) if writing else open_reader(path)
