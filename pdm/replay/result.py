"""What a replay leaves: its events, and the figures of the run."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from pdm.instant import nanoseconds
from pdm.records.event import MACHINE, Event, Kind


class Summary(Struct, frozen=True):
    """The figures of one replay.

    run : its namespace at the API, "" where it ran without a service
    """

    via: str
    run: str
    files: int
    readings: int
    accepted: int
    rejected: int
    events: int
    alarms: int
    advice: int
    seconds: float
    readings_per_s: float


def exported(events: Sequence[Event]) -> list[Event]:
    """Return events as they are exported: without their run, sorted by time, asset, id and revision."""
    plain = [structs.replace(event, run="") for event in events]
    return sorted(plain, key=lambda e: (nanoseconds(e.time), e.asset, e.id, e.revision))


def write_events(path: Path, events: Sequence[Event]) -> None:
    """Write events as JSON lines, in the order of an export."""
    lines = [msgspec.json.encode(event) + b"\n" for event in exported(events)]
    path.write_bytes(b"".join(lines))


def alarms(events: Sequence[Event]) -> int:
    """Count the alarms of machines that were raised."""
    return sum(event.kind is Kind.RAISE and event.subject == MACHINE for event in events)
