"""Version 3: what people have changed, and the maintenance that follows from it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Text as AnyText

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
Counting = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

control = Table(
    "control",
    metadata,
    Column("seq", Counting, primary_key=True),
    Column("run", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("run", "id"),
    Index("control_by_time", "what", "time_ns", "id"),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("run", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("asset", Text, nullable=False),
    Column("begin_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Index("maintenance_by_begin", "run", "begin_ns", "id"),
    Index("maintenance_by_asset", "run", "asset", "begin_ns", "id"),
)


def apply(connection: Connection) -> None:
    """Create the tables, empty: nobody had changed anything in a way that was recorded."""
    metadata.create_all(connection, checkfirst=False)
