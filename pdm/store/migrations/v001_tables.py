"""Version 1: the tables as they were first, frozen."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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

version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

offsets = Table(
    "offsets",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

assets = Table(
    "assets",
    metadata,
    Column("run", Text, primary_key=True),
    Column("asset", Text, primary_key=True),
    Column("condition", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Counting, primary_key=True),
    Column("run", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("asset", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("run", "id", "revision"),
    Index("events_by_time", "run", "time_ns", "asset", "id", "revision"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("run", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("asset", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("raised", Text, nullable=False),
    Column("raised_ns", BigInteger, nullable=False),
    Column("time", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Index("alarms_by_raise", "run", "raised_ns", "id"),
    Index("alarms_by_asset", "run", "asset", "raised_ns", "id"),
    Index("alarms_open", "run", "is_open", "raised_ns", "id"),
)

advice = Table(
    "advice",
    metadata,
    Column("run", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("asset", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("advice_by_time", "run", "time_ns", "id"),
    Index("advice_by_event", "run", "event", "time_ns", "id"),
)


def apply(connection: Connection) -> None:
    """Create them in an empty store."""
    metadata.create_all(connection, checkfirst=False)
