"""News of sensors become events of their own: which sensor, what is wrong with it, and since when."""

import numpy as np

from models import alarm
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import Array, Found, Rows
from pdm.chain.episodes import identify
from pdm.instant import rfc3339
from pdm.records.event import SENSOR, Event, Evidence, Kind, Severity
from pdm.records.log import Seat
from pdm.records.sensor import FAULTS, STATUSES, SensorStatus

SEVERITIES = {SensorStatus.FAILURE: Severity.WARNING}
"""A dead sensor leaves a machine unwatched; any other can wait, and is a notice."""


def verdict_of(bank: Bank, rows: Rows, found: Found, index: int) -> Event:
    """Turn one piece of news of a sensor into an event and note it in the bank.

    Its revision is 1 with the raise and 2 with the clearing: a sensor that has something else is a new event.
    """
    entry = found.transitions[index]
    part, machine = found.parts[entry["part"]], int(entry["machine"])
    seat, time = bank.registry.seats[machine], int(rows.time[entry["row"]])
    raises = int(entry["code"]) == alarm.RAISE
    slot = int(bank.tables.machines["first"][machine] + entry["place"])
    if raises:
        bank.tables.slots["raised"][slot] = time
    raised = int(bank.tables.slots["raised"][slot])
    fault, status = FAULTS[int(entry["kind"])], STATUSES[int(entry["status"])]
    channel = bank.channels[part["channel"]].name
    return Event(
        id=identify(seat.asset, f"sensor/{channel}/{fault}", raised, 0),
        revision=1 if raises else 2,
        asset=seat.asset,
        machine_class=seat.machine_class,
        kind=Kind.RAISE if raises else Kind.CLEAR,
        cause=fault.value,
        severity=SEVERITIES.get(status, Severity.NOTICE) if raises else Severity.NOTICE,
        time=rfc3339(time),
        raised=rfc3339(raised),
        score=float(part["parts"][0]) if raises else 0.0,
        peak=float(entry["peak"]),
        evidence=(_evidence(bank, seat, part, status),),
        run=seat.run,
        subject=SENSOR,
        channel=channel,
    )


def _evidence(bank: Bank, seat: Seat, part: Array, status: SensorStatus) -> Evidence:
    """Say what the sensor reads, and against what, in the unit people read it in."""
    channel, against = bank.channels[part["channel"]], float(part["baseline"])
    return Evidence(
        channel=channel.name,
        quantity=channel.quantity,
        unit=channel.unit,
        detector="sensor",
        score=float(part["parts"][0]),
        value=float(part["value"]),
        baseline=None if np.isnan(against) else against,
        shown_unit=bank.kit.shown_unit(seat, channel),
        status=status,
    )
