"""Which steps there are, in their order, and which of them a store still needs."""

import logging

from sqlalchemy import Connection, delete, insert, inspect, select

from pdm.store import schema
from pdm.store.errors import StoreError
from pdm.store.migrations import v001_tables, v002_runs, v003_control

log = logging.getLogger(__name__)

STEPS = (v001_tables.apply, v002_runs.apply, v003_control.apply)
"""The step at index n leads from version n to n + 1; 0 is an empty store."""

NONE = 0
"""The version of a store without tables."""


def version(connection: Connection) -> int:
    """Return the version of the tables that are there, or NONE."""
    if not inspect(connection).has_table(schema.version.name):
        return NONE
    return connection.execute(select(schema.version.c.version)).scalar_one_or_none() or NONE


def upgrade(connection: Connection, where: str, target: int = schema.VERSION) -> None:
    """Take every step that is missing, in the transaction of `connection`, which holds the lock.

    raises StoreError where the tables are of a later version
    """
    found = version(connection)
    if found > target:
        raise refusal(where, found)
    for step in STEPS[found:target]:
        step(connection)
    connection.execute(delete(schema.version))
    connection.execute(insert(schema.version).values(version=target))
    if NONE < found < target:
        log.warning("%s: tables upgraded from version %d to %d", where, found, target)


def refusal(where: str, found: int) -> StoreError:
    """Say why tables of another version are not read, and what to do."""
    told = f"{where} has tables of version {found}, this service needs {schema.VERSION}"
    if found < schema.VERSION:
        return StoreError(f"{told}: start its recorder, which upgrades them")
    return StoreError(f"{told}: install the service that wrote them, or a later one")
