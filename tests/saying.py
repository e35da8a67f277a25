"""A log in which people speak: what they say stands between the frames, and what comes of it."""

import hashlib

import msgspec
from logs import GRID, START

from pdm.chain.detection.bank import Bank
from pdm.chain.step import step
from pdm.instant import rfc3339
from pdm.records.control import Control, Maintenance, MaintenanceKind, RulesChange
from pdm.records.event import Event, Kind
from pdm.records.log import Controlled, LogRecord


def second(number: float) -> int:
    """Return the instant so many seconds after the start."""
    return START + round(number * GRID)


def window(begin: float, to: float | None, name: str = "m-1", **changes: object) -> Maintenance:
    """Announce the repair of the first machine, by the clock of a replay."""
    said: dict[str, object] = {"kind": MaintenanceKind.REPAIR, "run": "", "when": 0, **changes}
    end = None if to is None else second(to)
    return msgspec.convert(
        {"id": name, "who": "ann", "asset": "pump-0", "begin": second(begin), "to": end, **said}, Maintenance
    )


def spoken(records: list[LogRecord], *said: tuple[int, Control]) -> list[LogRecord]:
    """Put what people say into a log, each before the first frame at or after a second."""
    found: list[LogRecord] = []
    waiting = [(second(at), Controlled(k, one)) for k, (at, one) in enumerate(said)]
    for record in records:
        first = int.from_bytes(getattr(record, "time", b"")[:8], "little")
        while waiting and first >= waiting[0][0]:
            found.append(waiting.pop(0)[1])
        found.append(record)
    return found + [record for _, record in waiting]


def run(bank: Bank, records: list[LogRecord], start: int = 0) -> list[Event]:
    """Judge records from the offset `start` on."""
    return [event for k, record in enumerate(records) if k >= start for event in step(bank, k, record).events]


def after(events: list[Event], asset: str = "pump-0") -> list[tuple[str, str, str]]:
    """Tell kind, time and reason of each revision of a machine, updates left out."""
    return [
        (event.kind.value, event.time[11:19], event.reason)
        for event in events
        if event.asset == asset and event.kind is not Kind.UPDATE
    ]


def clock(number: float) -> str:
    """Return a second as events show it."""
    return rfc3339(second(number))[11:19]


RULES = """\
[pack]
name = "{name}"
version = "{version}"
author = "ann"
date = 2026-03-01
source = "the operators' meeting"
[[rules]]
machine = "pump-0"
channel = "de-velocity"
quantity = "vibration"
unit = "mm/s"
{rule}
"""


def rules(version: int, rule: str, name: str = "site") -> RulesChange:
    """Put a version of a pack in force."""
    toml = RULES.format(name=name, version=version, rule=rule)
    sha256 = hashlib.sha256(toml.encode()).hexdigest()
    return RulesChange(f"{name}-{version}", "ann", version, name, str(version), sha256, toml)
