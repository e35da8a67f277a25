"""Where each machine stands: a view of the bank for people, part of no result.

It is taken while readings wait, so what it needs of the tables is turned into plain values at once.
"""

from functools import lru_cache

import numpy as np

from models import running, sensor_state
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import Array
from pdm.instant import rfc3339
from pdm.records.sensor import FAULTS, STATUSES
from pdm.records.status import AssetStatus, ChannelStatus, Condition, Phase

PHASES = {
    running.UNKNOWN: Phase.UNKNOWN,
    running.STOPPED: Phase.STOPPED,
    running.STARTING: Phase.STARTING,
    running.RUNNING: Phase.RUNNING,
    running.STOPPING: Phase.STOPPING,
}

SEES = tuple(
    tuple(name for bit, name in enumerate(("limit", "drift", "residual")) if places >> bit & 1)
    for places in range(8)
)
"""What can judge a channel, by a bit for each."""

_said = lru_cache(4096)(rfc3339)
"""Machines of one moment share their time."""


def standing(bank: Bank, most: int) -> list[AssetStatus]:
    """Describe up to `most` machines that have new frames since they were last described.

    Those that waited longest come first.
    """
    last = bank.tables.machines["last"]
    moved = np.flatnonzero(last > bank.shown)
    chosen = moved[np.argsort(bank.shown[moved], kind="stable")][:most]
    bank.shown[chosen] = last[chosen]
    return _statuses(bank, chosen) if len(chosen) else []


def _statuses(bank: Bank, chosen: Array) -> list[AssetStatus]:
    machines, alarms = bank.tables.machines[chosen], bank.tables.watch.machines.alarm[chosen]
    width, slots = machines["width"], _slots(machines)
    channels, begin = _channels(bank, slots), np.cumsum(width) - width
    columns = (
        chosen.tolist(),
        machines["last"].tolist(),
        begin.tolist(),
        width.tolist(),
        alarms["active"].tolist(),
        alarms["score"].tolist(),
        learnt(bank, slots, begin, width),
        bank.tables.watch.machines.running["phase"][chosen].tolist(),
    )
    return [
        AssetStatus(
            asset=bank.registry.seats[m].asset,
            machine_class=bank.registry.seats[m].machine_class,
            condition=_in_maintenance(bank, m, at) or _condition(active, learning, PHASES[phase]),
            time=_said(at),
            score=score,
            learning=learning,
            channels=tuple(channels[first : first + n]),
            run=bank.registry.seats[m].run,
            phase=PHASES[phase],
        )
        for m, at, first, n, active, score, learning, phase in zip(*columns, strict=True)
    ]


def _slots(machines: Array) -> Array:
    """List the slots of some machines, machine by machine."""
    width = machines["width"]
    shift = machines["first"] - (np.cumsum(width) - width)
    slots: Array = np.arange(int(width.sum())) + np.repeat(shift, width)
    return slots


def _channels(bank: Bank, slots: Array) -> list[ChannelStatus]:
    """Describe the last frame of each slot."""
    held, sensors = bank.tables.slots[slots], bank.tables.watch.slots.sensor[slots]
    columns = (
        slots.tolist(),
        held["channel"].tolist(),
        held["value"].tolist(),
        held["measured"].tolist(),
        np.where(sensors["stage"] > 0, sensor_state.OUT_OF_SPECIFICATION, sensors["status"]).tolist(),
        sensors["kind"].tolist(),
        *_able(bank, slots),
    )
    return [
        ChannelStatus(
            (channel := bank.channels[c]).name,
            channel.quantity,
            channel.unit,
            value if measured else None,
            bank.shown_units[slot],
            STATUSES[status],
            FAULTS[kind] or "",
            SEES[sees],
            learning,
            sisters,
        )
        for slot, c, value, measured, status, kind, sees, learning, sisters in zip(*columns, strict=True)
    ]


def _able(bank: Bank, slots: Array) -> tuple[list[int], list[bool], list[bool]]:
    """Tell for each slot what can judge it, a place in `SEES`, and how far its baseline is.

    Whether it is still being learnt, and whether it is judged so early only by what sisters have shown.
    """
    of, pace = bank.params.channels, bank.params.pace
    moves, bounds = of.drift[slots], of.limits[slots]
    limited = np.any([~np.isnan(bounds[name]) for name in ("low_low", "low", "high", "high_high")], axis=0)
    watched = (moves["relative"] > 0) | (moves["absolute"] > 0)
    cells = bank.tables.watch.slots.drift["learnt"][slots]
    ready = cells >= np.where(moves["ready"] > 0, moves["ready"], pace.ready)
    sees = limited + 2 * (watched & ready) + 4 * (of.residual["drivers"][slots] > 0)
    return sees.tolist(), (watched & ~ready).tolist(), (watched & ready & (cells < pace.ready)).tolist()


def learnt(bank: Bank, slots: Array, begin: Array, width: Array) -> list[float]:
    """Return how much of the baselines' memory has been filled, 0 to 1, over the judged channels.

    slots : of all machines, machine by machine; begin, width : (n,) where each machine's are in `slots`
    """
    params = bank.params.channels.drift[slots]
    judged = (params["relative"] > 0) | (params["absolute"] > 0)
    filled = np.minimum(1.0, bank.tables.watch.slots.drift["learnt"][slots] * bank.params.pace.memory)
    spans = np.stack([begin, begin + width], axis=1).ravel()
    kept, counts = (
        np.add.reduceat(np.append(each, 0.0), spans)[::2] for each in (np.where(judged, filled, 0.0), judged)
    )
    known = (width > 0) & (counts > 0)
    shares: list[float] = np.where(known, kept / np.maximum(counts, 1.0), 1.0).tolist()
    return shares


def _in_maintenance(bank: Bank, machine: int, last: int) -> Condition | None:
    seat = bank.registry.seats[machine]
    windows = bank.agenda.windows.get((seat.run, seat.asset), {}).values()
    return Condition.MAINTENANCE if any(one.has_begun(last) and last < one.end for one in windows) else None


def _condition(active: int, learning: float, phase: Phase) -> Condition:
    if active:
        return Condition.ALARM
    if phase is Phase.STOPPED:
        return Condition.STOPPED
    if phase in {Phase.STARTING, Phase.STOPPING}:
        return Condition.CHANGING
    return Condition.LEARNING if learning < 1.0 else Condition.NORMAL
