"""Transitions of alarms become events: who, since when, how bad, and the evidence."""

from uuid import UUID, uuid5

import numpy as np

from models import alarm, watch
from models.cause import ranked
from models.row import Record
from pdm.chain.assessment.severity import GRADES
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import Array, Found, Rows
from pdm.instant import rfc3339
from pdm.records.event import Event, Evidence, Kind
from pdm.records.log import Seat
from pdm.records.sensor import STATUSES

NAMESPACE = UUID("6f3b1d52-6c1e-5b0a-9c53-0d6d2f1a7e10")
"""Of the ids of events; it never changes, or replayed alarms would get other names."""

DETECTORS = {
    watch.LIMIT: "limit",
    watch.DRIFT: "drift",
    watch.RESIDUAL: "residual",
    watch.PATTERN: "pattern",
}
KINDS = {alarm.RAISE: Kind.RAISE, alarm.UPDATE: Kind.UPDATE, alarm.CLEAR: Kind.CLEAR}
SHOWN = 6
"""Channels in the evidence, those with the largest parts."""


def event_of(bank: Bank, rows: Rows, found: Found, index: int) -> Event:
    """Turn one transition into an event and note it in the bank."""
    entry = found.transitions[index]
    parts = found.parts[entry["part"] : entry["part"] + entry["width"]]
    time = int(rows.time[entry["row"]])
    seat, now = bank.registry.seats[int(entry["machine"])], _note(bank, entry, parts, time)
    cause = DETECTORS[int(now["cause"])]
    return Event(
        id=identify(seat.asset, cause, int(now["raised"]), int(now["epoch"])),
        revision=int(now["revision"]),
        asset=seat.asset,
        machine_class=seat.machine_class,
        kind=KINDS[int(entry["code"])],
        cause=cause,
        severity=GRADES[int(entry["grade"])],
        time=rfc3339(time),
        raised=rfc3339(int(now["raised"])),
        score=float(found.scores[entry["row"]]),
        peak=float(entry["peak"]),
        evidence=tuple(_evidence(bank, seat, parts)),
        epoch=int(now["epoch"]),
        run=seat.run,
        shares=_shares(bank, parts),
        suspects=tuple(
            bank.channels[parts["channel"][i]].name
            for i in ranked(parts["parts"][:, watch.ALL], parts["moved"])
        ),
    )


def _note(bank: Bank, entry: Record, parts: Array, time: int) -> Record:
    """Keep in the bank what the alarm's next revision builds on; returns the machine's entry."""
    machine = bank.tables.machines[entry["machine"] : entry["machine"] + 1]
    if entry["code"] == alarm.RAISE:
        leader = int(np.argmax(parts["parts"][:, watch.LIMIT : watch.PATTERN + 1].max(axis=0))) + watch.LIMIT
        machine["raised"], machine["revision"], machine["cause"] = time, 0, leader
        machine["epoch"] = entry["epoch"]
    machine["revision"] += 1
    return machine[0]


def identify(asset: str, cause: str, raised_ns: int, epoch: int) -> str:
    """Name an alarm by what it is: asset, cause, time of the first raise and baseline epoch."""
    return str(uuid5(NAMESPACE, f"{asset}\n{cause}\n{raised_ns}\n{epoch}"))


def _shares(bank: Bank, parts: Array) -> dict[str, float]:
    """Say what each channel of the machine adds to its score, by name; channels of one name together."""
    shares: dict[str, float] = {}
    for part in parts:
        name = bank.channels[part["channel"]].name
        shares[name] = shares.get(name, 0.0) + float(part["share"])
    return shares


def _evidence(bank: Bank, seat: Seat, parts: Array) -> list[Evidence]:
    """Describe the channels with the largest parts, largest first, by name where they are equal."""
    shown: list[Evidence] = []
    order = sorted(range(len(parts)), key=lambda i: (-parts["parts"][i, watch.ALL], i))
    for i in order[:SHOWN]:
        part = parts[i]
        if np.isnan(part["value"]) or (shown and part["parts"][watch.ALL] < 0.25):
            continue
        channel = bank.channels[part["channel"]]
        detector = int(np.argmax(part["parts"][1:])) + 1
        limit, limit_from = bank.kit.crossed(seat, channel, float(part["value"]))
        shown.append(
            Evidence(
                channel=channel.name,
                quantity=channel.quantity,
                unit=channel.unit,
                detector=DETECTORS[detector],
                score=float(part["parts"][watch.ALL]),
                value=float(part["value"]),
                baseline=None if np.isnan(part["baseline"]) else float(part["baseline"]),
                limit=limit,
                shown_unit=bank.kit.shown_unit(seat, channel),
                limit_from=limit_from,
                status=STATUSES[int(part["status"])],
            )
        )
    return shown
