"""The tables of the store, for any engine of SQLAlchemy Core.

Times stand as integer ns, so that sorting is exact, beside the RFC 3339 text that people read.
A record's body is the MessagePack of its Struct: what came in is what goes out.
Text sorts by its bytes on every engine, so that pages and cursors are the same on all.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Text as AnyText

VERSION = 3
"""Raised with every change of these tables, by a step in `pdm.store.migrations`."""

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
Counting = BigInteger().with_variant(Integer, "sqlite")
"""A key that the engine counts up; on SQLite only INTEGER does."""

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
"""Every revision, in the order in which it was recorded (`seq`)."""

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
"""One row an alarm: its newest revision, and whether it is open."""

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

runs = Table(
    "runs",
    metadata,
    Column("run", Text, primary_key=True),
    Column("recorded_ns", BigInteger, nullable=False),
)
"""When a replay run was last added to, by the clock of the recorder: its data may be of any age."""

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
"""Whatever people have changed, in the order in which it was recorded (`seq`); the first of an id counts.

subject : the machine, or the rule pack, that it is about
"""

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
"""Each maintenance as it stands; `end_ns` is empty while nobody knows the end. It follows from `control`."""
