"""Data that do not come, as events: raised when the log calls a machine silent, cleared by its next frame.

No data is no anomaly: nothing here touches a detector or a machine's alarm.
"""

import numpy as np

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import NEVER, Array, Rows
from pdm.chain.episodes import identify
from pdm.instant import rfc3339
from pdm.records.event import DATA, NO_DATA, Event, Kind, Severity
from pdm.records.log import Silence


def fell_silent(bank: Bank, offset: int, record: Silence) -> tuple[Event, ...]:
    """Raise "no data" for the machines of a record; those in maintenance are not missed.

    What a crash made `align` write again changes nothing.
    raises ValueError where the record's arrays do not fit each other
    """
    machines = bank.machines_of(record.seats)
    seat, since, time = (
        np.frombuffer(part, kind)
        for part, kind in ((record.seat, "<u4"), (record.since, "<i8"), (record.time, "<i8"))
    )
    if not len(seat) == len(since) == len(time) or (len(seat) and seat.max() >= len(machines)):
        raise ValueError("the arrays of this record do not fit each other")
    fresh = bank.chunks.fresh(machines, 0, offset)
    last, silent = (bank.tables.machines[name][machines[seat]] for name in ("last", "silent"))
    new = fresh[seat] & (silent == 0) & (last != NEVER) & (since > last)
    events = []
    for m, begin, at in zip(
        machines[seat][new].tolist(), since[new].tolist(), time[new].tolist(), strict=True
    ):
        if not _excused(bank, m, at):
            _note(bank, m, begin, at)
            events.append(_event(bank, m, begin, at, Kind.RAISE))
    return tuple(events)


def returned(bank: Bank, rows: Rows) -> list[tuple[int, Event]]:
    """Clear "no data" of machines that deliver again; returns rows, each with its event.

    Data that come after all may be older than the moment at which they were missed: then that one counts.
    """
    found = []
    tables = bank.tables.machines
    known = np.unique(rows.machine_of[rows.machine_of >= 0])
    for m in known[tables["silent"][known] != 0].tolist():
        own = np.flatnonzero((rows.machine_of[rows.seat] == m) & (rows.time > tables["last"][m]))
        if len(own):
            begin, at = int(tables["since"][m]), int(tables["silent"][m])
            event = _event(bank, m, begin, max(int(rows.time[own[0]]), at), Kind.CLEAR)
            found.append((int(own[0]), event))
            _note(bank, m, 0, 0)
    return found


def _excused(bank: Bank, machine: int, time: int) -> bool:
    seat = bank.registry.seats[machine]
    windows = bank.agenda.windows.get((seat.run, seat.asset), {})
    return any(window.holds(time) for window in windows.values())


def _note(bank: Bank, machine: int, since: int, time: int) -> None:
    bank.chunks.touch(np.array([machine]))
    entry: Array = bank.tables.machines[machine : machine + 1]
    entry["since"], entry["silent"] = since, time


def _event(bank: Bank, machine: int, since: int, time: int, kind: Kind) -> Event:
    seat = bank.registry.seats[machine]
    return Event(
        id=identify(seat.asset, NO_DATA, since, 0),
        revision=1 if kind is Kind.RAISE else 2,
        asset=seat.asset,
        machine_class=seat.machine_class,
        kind=kind,
        cause=NO_DATA,
        severity=Severity.WARNING,
        time=rfc3339(time),
        raised=rfc3339(since),
        score=0.0,
        peak=0.0,
        evidence=(),
        run=seat.run,
        subject=DATA,
    )
