"""The door: a request's body becomes SI columns, and every refused reading a verdict."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.columns import EMPTY, Array, Columns, compact
from pdm.chain.acquisition.decode import decode, shortened
from pdm.chain.acquisition.meaning import ABSURD, Refusal
from pdm.chain.acquisition.newcomers import Newcomers
from pdm.chain.acquisition.stranger import Reach
from pdm.chain.acquisition.survey import Survey, survey
from pdm.chain.acquisition.times import data_times
from pdm.instant import rfc3339
from pdm.plant.spec import Plant
from pdm.records.block import Source
from pdm.records.posted import Reading
from pdm.records.quality import Quality
from pdm.records.reading import Reason, Rejection

AHEAD_NS = 300 * 1_000_000_000
"""How far a data time may be ahead of the gateway's clock: five minutes."""
_NOTHING: Refusal = (Reason.BUG, "")
Entry = tuple[Newcomers, Source] | None
_QUALITY = {"good": int(Quality.GOOD), "uncertain": int(Quality.UNCERTAIN), "bad": int(Quality.BAD)}


class Admission(Struct, frozen=True):
    """What became of a request.

    columns    : the accepted readings, in request order
    rejected   : verdicts in the order of the request
    duplicates : repeats of (asset, channel, time) among the accepted
    ignored    : fields of foreign points that a rule leaves out
    """

    columns: Columns
    rejected: tuple[Rejection, ...]
    duplicates: int
    ignored: int = 0


class Measured(Struct, frozen=True):
    """What readings say beside their names.

    time : (n,) i8 ns since the epoch; value : (n,) f8 as it was posted; quality : (n,) u1, see `Quality`
    unreadable : row -> why its time means nothing
    """

    time: Array
    value: Array
    quality: Array
    unreadable: Mapping[int, Refusal] = {}


def admit(
    body: bytes,
    media_type: str,
    plant: Plant,
    now_ns: int,
    machine_class: str = "",
    reaches: Reach | None = None,
    entry: Entry = None,
    *,
    tidy: bool = False,
) -> Admission:
    """Judge each reading of a request; the good ones are kept whatever is wrong with their neighbours.

    media_type    : JSON or NDJSON of `decode`
    machine_class : class of the machines that the plant file does not name
    reaches       : for which machines the sender may deliver, asked once for each; all unless given
    entry         : what bounds the names that nobody declared, and whose they are; nothing unless given
    tidy          : no record is larger than one may be, and no line empty: see `decode`
    raises RefusedError only where the request as a whole is too large
    """
    decoded = decode(body, media_type, tidy=tidy)
    if not decoded.readings:
        return Admission(EMPTY, decoded.rejected, 0)
    readings = decoded.readings
    time, readable = data_times(readings)
    measured = Measured(
        time,
        np.array([r.value for r in readings]),
        np.fromiter(map(_QUALITY.__getitem__, [r.quality for r in readings]), np.uint8, len(readings)),
        {i: _unreadable(readings[i]) for i in np.flatnonzero(~readable).tolist()},
    )
    kept, verdicts = judge(survey(readings, plant, machine_class, reaches), measured, now_ns, entry)
    place = decoded.index
    found = [
        Rejection(place[row] if place else row, reason, shortened(detail))
        for row, (reason, detail) in verdicts
    ]
    return Admission(kept, in_order(decoded.rejected, found), duplicates(kept))


def judge(
    seen: Survey, measured: Measured, now_ns: int, entry: Entry = None
) -> tuple[Columns, list[tuple[int, Refusal]]]:
    """Take readings to SI and hold them against names, ranges and the clock, all columns at once.

    Only a reading that is good otherwise brings a new name in.

    returns (the good ones, (row, refusal) of the others in their order)
    """
    time = measured.time
    with np.errstate(over="ignore", invalid="ignore"):
        value = measured.value * seen.scale + seen.offset
    wrong = seen.refused | (time < 0) | (time > now_ns + AHEAD_NS)
    wrong |= ~((value >= seen.lowest) & (value <= seen.highest))
    wrong[list(measured.unreadable)] = True
    columns = Columns(
        seen.assets, seen.classes, seen.channels, seen.machine, seen.channel, time, value, measured.quality
    )
    crowd, refusal = _crowd(columns, ~wrong, entry)
    bad = wrong | crowd
    if not bad.any():
        return columns, []
    verdicts = [
        (i, refusal if crowd[i] else _verdict(i, seen, columns, measured.unreadable.get(i), now_ns))
        for i in np.flatnonzero(bad).tolist()
    ]
    return compact(columns.rows(np.flatnonzero(~bad))), verdicts


def _crowd(columns: Columns, good: Array, entry: Entry) -> tuple[Array, Refusal]:
    """Find the good readings that bring a name too many, and what is said of them."""
    if entry is None:
        return np.zeros(len(columns), bool), _NOTHING
    newcomers, source = entry
    return newcomers.too_many(source, columns, good), newcomers.refusal


def in_order(*verdicts: Sequence[Rejection]) -> tuple[Rejection, ...]:
    """Put verdicts behind one another as the request had the records."""
    if not any(verdicts):
        return ()
    return tuple(sorted((one for some in verdicts for one in some), key=lambda rejection: rejection.index))


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


def _verdict(row: int, seen: Survey, columns: Columns, unreadable: Refusal | None, now_ns: int) -> Refusal:
    """Say why one row is refused; the first reason found is given."""
    refusal = seen.refusal(row) or unreadable
    if refusal is not None:
        return refusal
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
