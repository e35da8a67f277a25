"""Opens the store that a URL names; the one place that knows which engines there are."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pdm.store import postgresql, sqlite
from pdm.store.errors import StoreAwayError, StoreError
from pdm.store.sql import SqlStore

MEANT = "the store must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def open_store(url: str, *, writing: bool = True) -> SqlStore:
    """Open the store at `url`; only one process may open it for writing.

    raises StoreError where no engine knows the URL, or what it names is no store; StoreAwayError
    where a server does not answer
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(MEANT) from error
    if parsed.get_backend_name() == "sqlite":
        path = _path(parsed)
        return sqlite.open_writer(path) if writing else sqlite.open_reader(path)
    if parsed.get_backend_name() == "postgresql" and parsed.database:
        return postgresql.open_writer(parsed) if writing else postgresql.open_reader(parsed)
    raise StoreError(f"{MEANT}, not {parsed.render_as_string()}")


def is_away(url: str) -> bool:
    """Tell whether the store at `url` does not answer now, so that whoever writes to it has to wait."""
    try:
        with closing(open_store(url, writing=False)) as store:
            store.is_ready()
    except StoreAwayError:
        return True
    except StoreError:
        return False
    return False


def _path(url: URL) -> Path:
    if url.database in {None, "", ":memory:"}:
        raise StoreError(f"{MEANT}, not {url.render_as_string()}")
    return Path(str(url.database))
