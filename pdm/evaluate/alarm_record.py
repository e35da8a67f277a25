"""A record of the alarms of all incidents: what one version of the project, under one plant file, said."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.errors import PdmError
from pdm.evaluate.incidents import Incidents
from pdm.evaluate.judging import Judged
from pdm.evaluate.run import Run
from pdm.instant import NS, nanoseconds
from pdm.plant.spec import Plant
from pdm.records.event import MACHINE, Event, Kind

FORM = 1
"""Form of the file; another one is refused."""


class RecordError(PdmError):
    """A file is no record of alarms, or one of other incidents."""


class Alarm(Struct, frozen=True):
    """One alarm; seconds since the incident's first row, and what it said at its worst.

    cleared_s : None where it stood until the end
    channel   : the channel that said most when it was raised
    """

    raised_s: float
    cleared_s: float | None
    severity: str
    cause: str
    channel: str


class Incident(Struct, frozen=True):
    """One run: its failure, if it holds one, and its alarms in order.

    fault      : the kind of failure, or the folder of the recording
    from_s, to_s : first and last second of the label, None where all is healthy
    """

    name: str
    fault: str
    from_s: float | None
    to_s: float | None
    alarms: tuple[Alarm, ...]

    def lead_s(self) -> float | None:
        """Return how long before the failure's end the first alarm inside its label came; None if missed."""
        if self.from_s is None or self.to_s is None:
            return None
        inside = [a.raised_s for a in self.alarms if self.from_s <= a.raised_s <= self.to_s]
        return self.to_s - inside[0] if inside else None

    def failure(self) -> bool:
        """Tell whether it holds a failure."""
        return self.from_s is not None


class Record(Struct, frozen=True):
    """The alarms of all incidents of one source."""

    form: int
    source: str
    incidents: tuple[Incident, ...]


def record(incidents: Incidents, plant: Plant | None = None) -> tuple[Record, list[Judged]]:
    """Judge all incidents, by their own plant file unless another is given."""
    kit = Kit(plant or incidents.plant)
    found = [run.judge(kit) for run in incidents.runs]
    told = [_incident(one, run.signals.group) for one, run in zip(found, incidents.runs, strict=True)]
    return Record(FORM, incidents.source, tuple(sorted(told, key=lambda one: one.name))), found


def write(path: Path, content: Record) -> None:
    """Write a record so that a change of it can be read, line by line."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def read(path: Path) -> Record:
    """Read a record; raises RecordError."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError) as wrong:
        raise RecordError(f"{path}: not a record of pdmctl diff record: {wrong}") from None
    if found.form != FORM:
        raise RecordError(f"{path}: form {found.form}, this version reads form {FORM}: record it again")
    return found


def _incident(found: Judged, fault: str) -> Incident:
    run, begin = found.run, int(found.run.times[0])
    faults = run.faults()
    span = (faults[0][0], faults[-1][1]) if faults else None
    return Incident(
        name=run.name,
        fault=fault,
        from_s=_second(run, span[0]) if span else None,
        to_s=_second(run, span[1]) if span else None,
        alarms=_alarms(found.events, begin),
    )


def _second(run: Run, row: int) -> float:
    return (int(run.times[row]) - int(run.times[0])) / NS


def _alarms(events: Sequence[Event], begin: int) -> tuple[Alarm, ...]:
    by_id: dict[str, list[Event]] = {}
    for event in events:
        if event.subject == MACHINE:
            by_id.setdefault(event.id, []).append(event)
    return tuple(sorted((_alarm(one, begin) for one in by_id.values()), key=lambda alarm: alarm.raised_s))


def _alarm(revisions: Sequence[Event], begin: int) -> Alarm:
    first, last = revisions[0], revisions[-1]
    return Alarm(
        raised_s=(nanoseconds(first.raised) - begin) / NS,
        cleared_s=(nanoseconds(last.time) - begin) / NS if last.kind is Kind.CLEAR else None,
        severity=max(revisions, key=lambda event: event.peak).severity.value,
        cause=first.cause,
        channel=first.evidence[0].channel if first.evidence else "",
    )
