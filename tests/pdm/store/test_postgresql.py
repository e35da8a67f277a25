"""What only PostgreSQL can do: be away, be too old, and keep a password."""

import time
from contextlib import closing

import psycopg
import pytest
from fakes.records import make_event
from store_fixtures import write

from bench.postgresql import Postgresql
from pdm.broker.ports import free_port
from pdm.store import postgresql as engine
from pdm.store.errors import StoreAwayError, StoreError
from pdm.store.open import is_away, open_store


@pytest.mark.parametrize("writing", [True, False])
def test_a_server_that_does_not_answer_is_away_and_no_password_is_told(writing: bool) -> None:
    """Which is another thing than being none: whoever needs it tries again."""
    url = f"postgresql://pdm:geheim@127.0.0.1:{free_port()}/pdm"
    with (
        pytest.raises(StoreAwayError, match="pdm") as told,
        closing(open_store(url, writing=writing)) as store,
    ):
        store.counts()
    assert "geheim" not in f"{told.value} {told.value.__cause__}"
    assert is_away(url)


def test_a_server_that_answers_is_not_away(postgresql: Postgresql) -> None:
    """Even where it has no tables yet."""
    assert not is_away(postgresql.database())


def test_an_older_server_is_refused(postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both versions."""
    monkeypatch.setattr(engine, "OLDEST", 99)
    with pytest.raises(StoreError, match=r"is PostgreSQL \d+, this service needs 99"):
        open_store(postgresql.database())


def test_a_connection_that_was_cut_is_made_again(postgresql: Postgresql) -> None:
    """The next question is answered, by writer and reader alike."""
    url = postgresql.database()
    with closing(open_store(url)) as store, closing(open_store(url, writing=False)) as reader:
        write(store, make_event(1))
        assert reader.counts().alarms == 1
        with psycopg.connect(url) as admin:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            admin.execute(f"{cut} WHERE datname = current_database() AND pid <> pg_backend_pid()".encode())
        assert reader.counts().alarms == 1
        write(store, make_event(2))
        assert reader.counts().alarms == 2


def test_a_twin_that_is_paused_in_a_transaction_loses_it(
    postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is free again, and what it had begun to write is gone."""
    monkeypatch.setattr(engine, "WRITING", engine.WRITING.replace("timeout=30s", "timeout=1s"))
    url = postgresql.database()
    with closing(open_store(url)) as paused, closing(open_store(url)) as store:
        began = time.monotonic()

        def pause() -> None:
            with paused.transaction() as connection:
                connection.exec_driver_sql("DELETE FROM alarms")
                write(store, make_event(1))
                connection.exec_driver_sql("DELETE FROM alarms")

        with pytest.raises(StoreError):
            pause()
        assert time.monotonic() - began < 30
        assert store.counts().alarms == 1
