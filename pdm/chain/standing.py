"""Where each machine stands: a view of the bank for people, part of no result."""

import numpy as np

from pdm.chain.detection.bank import Bank
from pdm.instant import rfc3339
from pdm.records.status import AssetStatus, ChannelStatus, Condition


def standing(bank: Bank, most: int) -> list[AssetStatus]:
    """Describe up to `most` machines that have new frames since they were last described.

    Those that waited longest come first.
    """
    last = bank.tables.machines["last"]
    moved = np.flatnonzero(last > bank.shown)
    chosen = moved[np.argsort(bank.shown[moved], kind="stable")][:most]
    bank.shown[chosen] = last[chosen]
    return [_status(bank, int(machine)) for machine in chosen]


def _status(bank: Bank, machine: int) -> AssetStatus:
    row, seat = bank.tables.machines[machine], bank.registry.seats[machine]
    span = slice(row["first"], row["first"] + row["width"])
    slots, alarm = bank.tables.slots[span], bank.tables.watch.alarm_machine[machine]
    learning = bank.learning(machine)
    condition = (
        Condition.ALARM if alarm["active"] else Condition.LEARNING if learning < 1.0 else Condition.NORMAL
    )
    return AssetStatus(
        asset=seat.asset,
        machine_class=seat.machine_class,
        condition=condition,
        time=rfc3339(int(row["last"])),
        score=float(alarm["score"]),
        learning=learning,
        channels=tuple(
            ChannelStatus(c.name, c.quantity, c.unit, float(slot["value"]) if slot["measured"] else None)
            for slot, c in ((slot, bank.channels[slot["channel"]]) for slot in slots)
        ),
        run=seat.run,
    )
