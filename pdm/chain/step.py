"""`step`: one record of the ordered log goes in, events come out; the bank remembers the rest."""

import numpy as np
from msgspec import Struct, structs

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.concern import concern, explained
from pdm.chain.detection.decode import decode, discover
from pdm.chain.detection.lateness import note_late
from pdm.chain.detection.scan import Array, Found, Rows, scan
from pdm.chain.episodes import event_of
from pdm.chain.obey import obey
from pdm.chain.silence import fell_silent, returned
from pdm.chain.verdicts import verdict_of
from pdm.records.event import Event
from pdm.records.log import Controlled, Frames, Late, LogRecord, PlantChange, Silence


class Taken(Struct, frozen=True):
    """What became of one record.

    events : in the order of the rows      rows, readings : how many were judged
    scores : (rows,) for pictures, NaN where a row had been judged before
    """

    events: tuple[Event, ...] = ()
    rows: int = 0
    readings: int = 0
    scores: Array = np.zeros(0)


def step(bank: Bank, offset: int, record: LogRecord) -> Taken:
    """Judge one record of the log, in order; what the bank has eaten before changes nothing.

    raises KitError where the record names a plant this worker cannot have,
           ValueError where its arrays do not fit each other
    """
    taken = Taken()
    if isinstance(record, PlantChange):
        bank.plants = [*bank.plants, (offset, record)]
        bank.equip()
    elif isinstance(record, Controlled):
        taken = Taken(obey(bank, offset, record))
    elif isinstance(record, Silence):
        taken = Taken(fell_silent(bank, offset, record))
    elif isinstance(record, Frames):
        taken = _judge(bank, concern(bank, decode(bank, offset, record)))
    elif isinstance(record, Late):
        note_late(bank, offset, record)
    bank.chunks.position[0] = max(bank.chunks.position[0], offset)
    return taken


def _judge(bank: Bank, rows: Rows) -> Taken:
    """Score all rows; the kernel comes back for new channels and to have its findings collected."""
    bank.chunks.touch(np.unique(rows.machine_of[rows.machine_of >= 0]))
    found = bank.found(len(rows.time))
    events, start = returned(bank, rows), 0
    while start < len(rows.time):
        went_to, n = scan(bank.tables, bank.params, rows, found, start, bank.widest)
        events += [told(bank, rows, found, i) for i in range(n)]
        if went_to == start and not discover(bank, rows):
            raise RuntimeError(f"row {start} of a log record cannot be judged")
        start = went_to
    judged = int(np.count_nonzero(~np.isnan(found.scores)))
    in_turn = tuple(event for _row, event in sorted(events, key=lambda one: one[0]))
    return Taken(in_turn, judged, len(rows.value), found.scores)


def told(bank: Bank, rows: Rows, found: Found, index: int) -> tuple[int, Event]:
    """Turn a transition into an event, of a sensor or of the machine, and say at which row."""
    row = int(found.transitions[index]["row"])
    if found.transitions["kind"][index]:
        return row, verdict_of(bank, rows, found, index)
    event = event_of(bank, rows, found, index)
    reason = explained(bank, rows, row, event)
    return row, structs.replace(event, reason=reason, evidence=()) if reason else event
