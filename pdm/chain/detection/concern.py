"""Which rows of a log record the agenda concerns: those that nobody judges, those that begin anew."""

import numpy as np

from pdm.chain.detection.agenda import Window
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import NEVER, PAUSED, RENEWED, Array, Rows
from pdm.records.event import Event, Kind


def concern(bank: Bank, rows: Rows) -> Rows:
    """Mark the rows of machines whose maintenance they fall into, or are the first after."""
    if not bank.agenda.windows:
        return rows
    spoken = {bank.registry.find(*key): windows for key, windows in bank.agenda.windows.items()}
    marks = rows.marks
    for machine in sorted(set(rows.machine_of.tolist()) & (spoken.keys() - {-1})):
        if not len(marks):
            marks = np.zeros(len(rows.time), np.uint8)
        _mark(bank, rows, machine, list(spoken[machine].values()), marks)
    return rows._replace(marks=marks)


def explained(bank: Bank, rows: Rows, row: int, event: Event) -> str:
    """Return why an alarm was cleared at a row; "" where its readings calmed down."""
    if event.kind is not Kind.CLEAR or not len(rows.marks) or not rows.marks[row] & (PAUSED | RENEWED):
        return ""
    windows = bank.agenda.windows[event.run, event.asset].values()
    time = int(rows.time[row])
    over = sorted((one for one in windows if one.end <= time), key=lambda one: -one.end)
    return next(one for one in [*windows, *over] if one.holds(time) or one in over).reason


def _mark(bank: Bank, rows: Rows, machine: int, windows: list[Window], marks: Array) -> None:
    """Mark the rows of one machine; what it has had already is passed over by the kernel."""
    entry = bank.tables.machines[machine]
    last, judged = int(entry["last"]), int(entry["judged"])
    own = np.flatnonzero((rows.machine_of[rows.seat] == machine) & (rows.time > last))
    times = rows.time[own]
    for window in windows:
        marks[own[(window.begin <= times) & (times < window.end)]] |= PAUSED
        first = int(np.searchsorted(times, window.end))
        fresh = last < window.end or window.changed > judged
        if window.kind.renews and fresh and first < len(own) and last != NEVER and not window.cancelled:
            marks[own[first]] |= RENEWED
