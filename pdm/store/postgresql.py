"""The store in a PostgreSQL database, 15 or later: one writer at a time, and readers that cannot write."""

from collections.abc import Callable

from sqlalchemy import URL, Connection, Table, create_engine, func, select
from sqlalchemy import Engine as Connections
from sqlalchemy.dialects.postgresql import insert

from pdm.store import schema
from pdm.store.engine import Insert, explained
from pdm.store.errors import StoreError
from pdm.store.sql import SqlStore

OLDEST = 15
LOCK = 0x70646D
"""Key of the advisory lock that writers take, in the database: the letters pdm."""

NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""How soon a server that has vanished is noticed; libpq's own words, s and ms."""

WRITING = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"
"""A writer that was paused in a transaction loses it, and the lock, so that its twin can go on."""

READING = "-c default_transaction_read_only=on -c statement_timeout=60s"


def open_writer(url: URL) -> SqlStore:
    """Open the store for the one process that writes, and bring its tables to this version.

    raises StoreAwayError where the server does not answer, StoreError where it is too old, or the
    tables are of a later version
    """
    engine = PostgresqlEngine(url, WRITING)
    try:
        _check(engine)
    except StoreError:
        engine.connections.dispose()
        raise
    return SqlStore.writer(engine)


def open_reader(url: URL) -> SqlStore:
    """Open the store read-only; as long as it has no tables it answers with nothing."""
    return SqlStore(PostgresqlEngine(url, READING))


class PostgresqlEngine:
    """The `Engine` protocol on one PostgreSQL database.

    session : settings of every connection, as libpq's `options`
    """

    insert: Callable[[Table], Insert] = staticmethod(insert)

    def __init__(self, url: URL, session: str) -> None:
        self.where = url.set(query={}).render_as_string(hide_password=True)
        options = f"{url.query.get('options', '')} {session}".strip()
        self.connections: Connections = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=32,
            connect_args={**NETWORK, "options": options},
        )

    def is_there(self) -> bool:
        """See `Engine.is_there`: a server that does not answer is an error."""
        return True

    def lock(self, connection: Connection) -> None:
        """See `Engine.lock`.

        Row locks would keep two writers of one partition apart. This lock keeps all apart, so that
        `seq` rises in the order of commits, and whoever follows the feed passes over nothing.
        """
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))

    def snapshot(self, connection: Connection) -> None:
        """See `Engine.snapshot`."""
        connection.execution_options(isolation_level="REPEATABLE READ")

    def size(self, connection: Connection) -> int:
        """See `Engine.size`: the tables with their indexes."""
        sizes = [func.pg_total_relation_size(name) for name in schema.metadata.tables]
        return int(sum(connection.execute(select(*sizes)).one()))


def _check(engine: PostgresqlEngine) -> None:
    """Refuse a server that nobody has tested."""
    with explained(engine.where), engine.connections.connect() as connection:
        number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number < OLDEST * 10_000:
        found = f"{engine.where} is PostgreSQL {number // 10_000}"
        raise StoreError(f"{found}, this service needs {OLDEST} or later")
