"""Portraits of machines: the state of each, drawn once in an hour of its data time.

Each machine has its own minute of the hour, so that a plant is not drawn all at once.
"""

import numpy as np

from pdm.chain.detection import saving
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import NEVER, Array
from pdm.records.snapshot import Snapshot

PERIOD_NS = 3_600 * 10**9
_SCATTER = 2_654_435_761
"""Knuth's multiplier: neighbouring ids get minutes far apart."""


def portraits(bank: Bank, most: int) -> list[Snapshot]:
    """Draw up to `most` machines whose hour has come, and note it; a new machine is drawn at once."""
    last = bank.tables.machines["last"]
    hour = _hour(last)
    due = np.flatnonzero((last != NEVER) & (hour > bank.drawn))[:most]
    drawn = [_portrait(bank, int(machine)) for machine in due]
    bank.drawn[due] = hour[due]
    return drawn


def _hour(last: Array) -> Array:
    """Count the hours of each machine; (machines,)"""
    shift = np.arange(len(last), dtype=np.int64) * _SCATTER % 3_600 * 10**9
    hours: Array = (np.maximum(last, 0) + shift) // PERIOD_NS
    return hours


def _portrait(bank: Bank, machine: int) -> Snapshot:
    seat, entry = bank.registry.seats[machine], bank.tables.machines[machine]
    offset, state = saving.save_one(bank, machine)
    born = bool(bank.drawn[machine] == NEVER)
    return Snapshot(seat.run, seat.asset, seat.machine_class, int(entry["last"]), offset, born, state)
