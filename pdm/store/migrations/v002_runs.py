"""Version 2: when each replay run was recorded, so that old runs can be forgotten."""

import time

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, text
from sqlalchemy import Text as AnyText

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")

runs = Table(
    "runs",
    MetaData(),
    Column("run", Text, primary_key=True),
    Column("recorded_ns", BigInteger, nullable=False),
)


def apply(connection: Connection) -> None:
    """Create the table; runs that are there count as recorded now, since nobody knows better."""
    runs.create(connection)
    known = "SELECT run FROM events UNION SELECT run FROM advice UNION SELECT run FROM assets"
    connection.execute(
        text(f"INSERT INTO runs SELECT run, :now FROM ({known}) AS known WHERE run <> ''"),  # noqa: S608
        {"now": time.time_ns()},
    )
