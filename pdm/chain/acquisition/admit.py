"""The door: a request's body becomes SI columns, and every refused reading a verdict."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.columns import EMPTY, Columns, compact
from pdm.chain.acquisition.decode import Decoded, decode, shortened
from pdm.chain.acquisition.meaning import ABSURD, Refusal
from pdm.chain.acquisition.stranger import Reach
from pdm.chain.acquisition.survey import Survey, survey
from pdm.chain.acquisition.times import data_times
from pdm.instant import rfc3339
from pdm.plant.spec import Plant
from pdm.records.posted import Reading
from pdm.records.quality import Quality
from pdm.records.reading import Reason, Rejection

AHEAD_NS = 300 * 1_000_000_000
"""How far a data time may be ahead of the gateway's clock: five minutes."""
_QUALITY = {"good": int(Quality.GOOD), "uncertain": int(Quality.UNCERTAIN), "bad": int(Quality.BAD)}


class Admission(Struct, frozen=True):
    """What became of a request.

    columns    : the accepted readings, in request order
    rejected   : verdicts in the order of the request
    duplicates : repeats of (asset, channel, time) among the accepted
    """

    columns: Columns
    rejected: tuple[Rejection, ...]
    duplicates: int


def admit(
    body: bytes,
    media_type: str,
    plant: Plant,
    now_ns: int,
    machine_class: str = "",
    reaches: Reach | None = None,
) -> Admission:
    """Judge each reading of a request; the good ones are kept whatever is wrong with their neighbours.

    media_type    : JSON or NDJSON of `decode`
    machine_class : class of the machines that the plant file does not name
    reaches       : for which machines the sender may deliver, asked once for each; all unless given
    raises RefusedError only where the request as a whole is too large
    """
    decoded = decode(body, media_type)
    if not decoded.readings:
        return Admission(EMPTY, decoded.rejected, 0)
    readings = decoded.readings
    seen = survey(readings, plant, machine_class, reaches)
    time, readable = data_times(readings)
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.array([r.value for r in readings]) * seen.scale + seen.offset
    wrong = seen.refused | ~readable | (time < 0) | (time > now_ns + AHEAD_NS)
    wrong |= ~((value >= seen.lowest) & (value <= seen.highest))
    quality = np.fromiter(map(_QUALITY.__getitem__, [r.quality for r in readings]), np.uint8, len(readings))
    columns = Columns(
        seen.assets, seen.classes, seen.channels, seen.machine, seen.channel, time, value, quality
    )
    if not wrong.any() and not decoded.rejected:
        return Admission(columns, (), duplicates(columns))
    bad = np.flatnonzero(wrong)
    verdicts = [
        _verdict(int(i), readings[i], seen, columns, readable=bool(readable[i]), now_ns=now_ns) for i in bad
    ]
    kept = compact(columns.rows(np.flatnonzero(~wrong)))
    return Admission(kept, _in_order(decoded, bad.tolist(), verdicts), duplicates(kept))


def duplicates(columns: Columns) -> int:
    """Count readings that repeat the asset, channel name and time of an earlier one."""
    names: dict[str, int] = {}
    name = np.array([names.setdefault(c.name, len(names)) for c in columns.channels], np.int64)
    if not len(columns):
        return 0
    signal = columns.machine.astype(np.int64) * len(names) + name[columns.channel]
    order = np.lexsort((columns.time, signal))
    signal, time = signal[order], columns.time[order]
    return int(((signal[1:] == signal[:-1]) & (time[1:] == time[:-1])).sum())


def _verdict(
    row: int, reading: Reading, seen: Survey, columns: Columns, *, readable: bool, now_ns: int
) -> Refusal:
    """Say why one row is refused; the first reason found is given."""
    refusal = seen.refusal(row)
    if refusal is not None:
        return refusal
    if not readable:
        return _unreadable(reading)
    time = int(columns.time[row])
    if time < 0:
        return Reason.OUT_OF_RANGE, "time is before 1970"
    if time > now_ns + AHEAD_NS:
        return (
            Reason.FUTURE,
            f"time is more than {AHEAD_NS // 60_000_000_000} min ahead of {rfc3339(now_ns)[:19]}Z",
        )
    lowest, highest = float(seen.lowest[row]), float(seen.highest[row])
    valid = "no plant has" if highest == ABSURD else f"valid is {lowest:g} to {highest:g}"
    unit = columns.channels[columns.channel[row]].unit
    return Reason.OUT_OF_RANGE, f"{float(columns.value[row]):g} {unit}: {valid}"


def _unreadable(reading: Reading) -> Refusal:
    """Say what is wrong with a time."""
    if isinstance(reading.time, str):
        return Reason.MALFORMED, f"time {reading.time[:40]!r} is no RFC 3339 instant with a zone"
    return Reason.MALFORMED, "time is a bare number: say time_unit s, ms, us or ns"


def _in_order(decoded: Decoded, rows: Sequence[int], verdicts: Sequence[Refusal]) -> tuple[Rejection, ...]:
    """Put the verdicts of both ways behind one another as the request had the records."""
    place = decoded.index
    found = [
        Rejection(place[row] if place else row, reason, shortened(detail))
        for row, (reason, detail) in zip(rows, verdicts, strict=True)
    ]
    return tuple(sorted((*decoded.rejected, *found), key=lambda rejection: rejection.index))
