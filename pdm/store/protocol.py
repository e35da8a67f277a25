"""The store as its users see it; SQLite is one engine behind it."""

from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from pdm.records.advice import Advice
from pdm.records.control import Control, MaintenanceWindow, RulesChange
from pdm.records.event import Event, Severity
from pdm.records.status import AssetStatus

Row = Event | Advice | AssetStatus | Control
T = TypeVar("T")

MAX_LIMIT = 1000
"""Rows of the largest page."""


class Batch(Struct, frozen=True):
    """Rows read from one partition, and where that leaves the reader.

    expected : offset that the store must hold for the batch to count; 0 where it holds none
    next     : offset of the first message that is not in the batch
    """

    topic: str
    partition: int
    expected: int
    next: int
    rows: tuple[Row, ...]


class View(StrEnum):
    """What a list of events shows, and in which order.

    alarms    : one line an alarm, its latest revision, latest raise first
    revisions : every revision by time, asset, id, revision: the order of an export
    feed      : every revision in the order in which it was recorded, to follow along
    """

    ALARMS = "alarms"
    REVISIONS = "revisions"
    FEED = "feed"


class EventQuery(Struct, frozen=True, kw_only=True):
    """Which events; times are data times in ns.

    since_ns, until_ns : alarms that were open at some time in [since, until); for the views of
                         revisions, revisions with their own time in it
    within             : the machines that the asker may see; None for all
    """

    run: str = ""
    asset: str | None = None
    within: tuple[str, ...] | None = None
    severities: tuple[Severity, ...] = ()
    open_only: bool = False
    since_ns: int | None = None
    until_ns: int | None = None
    view: View = View.ALARMS


class AdviceQuery(Struct, frozen=True, kw_only=True):
    """Which advice, latest first; times are data times in ns, in [since, until); `within` as for events."""

    run: str = ""
    asset: str | None = None
    within: tuple[str, ...] | None = None
    event: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None


class AssetQuery(Struct, frozen=True, kw_only=True):
    """Which machines, by name; `within` as for events."""

    run: str = ""
    within: tuple[str, ...] | None = None


class MaintenanceQuery(Struct, frozen=True, kw_only=True):
    """Which maintenance, the latest beginning first; `within` as for events.

    since_ns, until_ns : that holds at some time in [since, until), in data time
    """

    run: str = ""
    asset: str | None = None
    within: tuple[str, ...] | None = None
    since_ns: int | None = None
    until_ns: int | None = None


class RulesQuery(Struct, frozen=True, kw_only=True):
    """Which changes of rules, the latest first.

    name : of one pack
    """

    name: str | None = None


class Page(Struct, Generic[T], frozen=True):
    """Some items, and the cursor of those that follow; None at the end.

    The feed of events has no end: its cursor is always there.
    """

    items: tuple[T, ...]
    next: str | None


class Counts(Struct, frozen=True):
    """How much a run has left in the store.

    duplicates : alarms beyond the first with the same asset, cause and raise: there should be none
    """

    assets: int
    alarms: int
    open_alarms: int
    revisions: int
    advice: int
    duplicates: int


class Store(Protocol):
    """Where events, advice and states of machines are kept. One process writes, any may read.

    Every call raises StoreError where the engine fails (locked for too long, disk full).
    """

    def record(self, batch: Batch) -> None:
        """Write the rows and move the offset in one transaction.

        Only newer revisions (of machines: not older times) replace what is there, so the same
        batch again changes nothing.
        raises OffsetMovedError, with nothing written, if the stored offset is not the expected one
        """

    def offset(self, topic: str, partition: int) -> int:
        """Return the offset to read next; 0 where nothing was recorded."""

    def assets(self, query: AssetQuery, cursor: str | None = None, limit: int = 100) -> Page[AssetStatus]:
        """List machines by name; raises CursorError."""

    def asset(self, run: str, asset: str) -> AssetStatus | None:
        """Return where one machine stands."""

    def events(self, query: EventQuery, cursor: str | None = None, limit: int = 100) -> Page[Event]:
        """List events as the query's view says; raises CursorError."""

    def event(self, run: str, event: str) -> tuple[Event, ...]:
        """Return every revision of one event, the first first; empty where there is none."""

    def advice(self, query: AdviceQuery, cursor: str | None = None, limit: int = 100) -> Page[Advice]:
        """List advice in its newest revision, latest first; raises CursorError."""

    def maintenance(
        self, query: MaintenanceQuery, cursor: str | None = None, limit: int = 100
    ) -> Page[MaintenanceWindow]:
        """List maintenance as it stands, the latest beginning first; raises CursorError."""

    def window(self, run: str, name: str) -> MaintenanceWindow | None:
        """Return one maintenance by its id."""

    def rules(self, query: RulesQuery, cursor: str | None = None, limit: int = 100) -> Page[RulesChange]:
        """List what was put in force, the latest first; raises CursorError."""

    def counts(self, run: str = "") -> Counts:
        """Count what a run has left."""

    def close(self) -> None:
        """Let go of the store's connections."""
