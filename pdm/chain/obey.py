"""What people say takes effect: an alarm of a machine that is in maintenance is closed at once."""

import numpy as np

from pdm.chain.assessment.severity import GRADES
from pdm.chain.detection.agenda import Window
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import NEVER
from pdm.chain.episodes import DETECTORS, identify
from pdm.instant import rfc3339
from pdm.records.control import RulesChange
from pdm.records.event import Event, Kind
from pdm.records.log import Controlled


def obey(bank: Bank, offset: int, record: Controlled) -> tuple[Event, ...]:
    """Take in what people say; returns the end of an alarm that it closes.

    Whatever concerns frames takes effect with them, see `pdm.chain.detection.concern`.
    raises KitError where it names rules that this worker cannot have
    """
    heard = bank.agenda.hear(offset, record)
    if isinstance(record.said, RulesChange):
        bank.equip()
    machine = bank.registry.find(*heard[0]) if heard else -1
    if heard is None or machine < 0 or not bank.chunks.fresh(np.array([machine]), 0, offset)[0]:
        return ()
    bank.shown[machine] = NEVER
    entry, window = bank.tables.machines[machine], heard[1]
    has_begun = window.has_begun(int(entry["last"]))
    stands = bool(bank.tables.watch.machines.alarm[machine]["active"])
    outlasts = int(entry["last"]) < window.end or window.kind.renews
    return (_close(bank, machine, window),) if has_begun and stands and outlasts else ()


def _close(bank: Bank, machine: int, window: Window) -> Event:
    """End the alarm of a machine, at its last frame or at the beginning of its maintenance."""
    bank.chunks.touch(np.array([machine]))
    state, entry = (
        table[machine : machine + 1] for table in (bank.tables.watch.machines.alarm, bank.tables.machines)
    )
    state["active"], state["above"], state["calm"], state["score"] = 0, 0, 0, 0.0
    entry["revision"] += 1
    seat, now, cause = bank.registry.seats[machine], entry[0], DETECTORS[int(entry["cause"][0])]
    return Event(
        id=identify(seat.asset, cause, int(now["raised"]), int(now["epoch"])),
        revision=int(now["revision"]),
        asset=seat.asset,
        machine_class=seat.machine_class,
        kind=Kind.CLEAR,
        cause=cause,
        severity=GRADES[int(state["grade"][0])],
        time=rfc3339(max(int(now["last"]), window.begin)),
        raised=rfc3339(int(now["raised"])),
        score=0.0,
        peak=float(state["peak"][0]),
        evidence=(),
        epoch=int(now["epoch"]),
        run=seat.run,
        reason=window.reason,
    )
