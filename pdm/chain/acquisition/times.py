"""Data times as integrators write them, turned into nanoseconds a column at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdm.chain.acquisition.codes import encoded
from pdm.records.posted import Reading

Array = NDArray[Any]
UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
"""Time unit of a number -> nanoseconds."""

_FARTHEST = 9_000_000_000
"""Seconds after which an instant is only "far in the future": more would not fit 64 bits in ns."""
_LOOKED_AT = 32
"""So many times of a batch tell whether they repeat."""
_DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
_SHORTEST, _LONGEST = len("2026-01-01T00:00:00Z"), len("2026-01-01T00:00:00.123456789+00:00")


def data_times(readings: Sequence[Reading]) -> tuple[Array, Array]:
    """Read the times of a batch.

    returns ((n,) i8 ns since the epoch, (n,) bool readable)
    """
    times = [r.time for r in readings]
    kinds = set(map(type, times))
    if kinds == {str}:
        return _repeated(times)  # type: ignore[arg-type]  # all are texts
    units = [r.time_unit for r in readings]
    if len(kinds) == 1 and len(set(units)) == 1:
        return numbers(times, units[0])  # type: ignore[arg-type]  # none is a text
    return _mixed(times, units)


def _repeated(texts: Sequence[str]) -> tuple[Array, Array]:
    """Read instants of which many are the same, as those of machines that are read in turn: each once.

    returns ((n,) i8 ns since the epoch, (n,) bool readable)
    """
    some = texts[:: len(texts) // _LOOKED_AT + 1]
    if 2 * len(set(some)) > len(some):
        return instants(texts)
    distinct, place = encoded(texts)
    ns, readable = instants(distinct)
    return ns[place], readable[place]


def instants(texts: Sequence[str]) -> tuple[Array, Array]:
    """Read RFC 3339 instants with a zone and up to nine decimals, all of one length at once.

    returns ((n,) i8 ns since the epoch, (n,) bool readable)
    """
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    ns = np.zeros(len(texts), np.int64)
    readable = np.zeros(len(texts), bool)
    for size in np.unique(length).tolist():
        if _SHORTEST <= size <= _LONGEST:
            where = np.flatnonzero(length == size)
            some = texts if len(where) == len(texts) else [texts[i] for i in where.tolist()]
            ns[where], readable[where] = _same_length(some, size)
    return ns, readable


def numbers(values: Sequence[int] | Sequence[float], unit: str | None) -> tuple[Array, Array]:
    """Read numbers since the epoch; a fraction of s or ms is good to a microsecond, as floats are.

    returns ((n,) i8 ns since the epoch, (n,) bool readable); without a unit nothing is readable
    """
    count = len(values)
    if unit is None:
        return np.zeros(count, np.int64), np.zeros(count, bool)
    factor = UNITS[unit]
    if isinstance(values[0], int):
        return scaled(values, factor), np.ones(count, bool)  # type: ignore[arg-type]
    limit = _FARTHEST * (UNITS["s"] // factor)
    grain = min(factor, 1_000)
    fine = np.rint(np.clip(np.array(values, np.float64), -limit, limit) * (factor // grain))
    return fine.astype(np.int64) * grain, np.ones(count, bool)


def scaled(values: Sequence[int], factor: int) -> Array:
    """Take whole numbers since the epoch to ns; those too far away for 64 bits are as far as may be.

    returns (n,) i8
    """
    limit = _FARTHEST * UNITS["s"] // factor
    try:
        whole = np.array(values, np.int64)
    except OverflowError:
        whole = np.array([min(max(v, -limit), limit) for v in values], np.int64)
    return np.clip(whole, -limit, limit) * factor


def _mixed(times: Sequence[str | float], units: Sequence[str | None]) -> tuple[Array, Array]:
    """Read times of several kinds, one by one."""
    ns = np.zeros(len(times), np.int64)
    readable = np.zeros(len(times), bool)
    for i, (time, unit) in enumerate(zip(times, units, strict=True)):
        one = instants([time]) if isinstance(time, str) else numbers([time], unit)
        ns[i], readable[i] = one[0][0], one[1][0]
    return ns, readable


def _same_length(texts: Sequence[str], size: int) -> tuple[Array, Array]:
    """Read texts of one length, those in Z and those with an offset."""
    flat = np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)
    letter = np.ascontiguousarray(flat.reshape(len(texts), size).T)
    zulu = (letter[-1] | 0x20) == ord("z")
    if zulu.all():
        return _civil(letter[:-1])
    ns, readable = np.zeros(len(texts), np.int64), np.zeros(len(texts), bool)
    ns[zulu], readable[zulu] = _civil(letter[:-1, zulu])
    if size >= _SHORTEST + 5:
        local, good = _civil(letter[:-6, ~zulu])
        east, known = _offset(letter[-6:, ~zulu])
        ns[~zulu], readable[~zulu] = local - east, good & known
    return ns, readable


def _civil(letter: Array) -> tuple[Array, Array]:
    """Read `YYYY-MM-DDThh:mm:ss[.fraction]` without its zone from (size, n) letters."""
    digit = letter[_DIGITS] - np.uint8(48)
    good = (digit <= 9).all(axis=0) & _separated(letter)
    century, years, month, day, hour, minute, second = digit[0::2] * np.uint8(10) + digit[1::2]
    good &= (
        (month - np.uint8(1) < 12) & (day - np.uint8(1) < 31) & (hour < 24) & (minute < 60) & (second < 60)
    )
    months = (century.astype(np.int64) * 100 + years - 1970) * 12 + month - 1
    first = np.where(good, months, 0).astype("M8[M]")
    start = first.astype("M8[D]").astype(np.int64)
    if (good & (day > 28)).any():
        good &= day <= (first + 1).astype("M8[D]").astype(np.int64) - start
    seconds = (start + day - 1) * 86_400 + hour * np.int64(3_600) + minute * np.int64(60) + second
    ns = np.clip(np.where(good, seconds, 0), -_FARTHEST, _FARTHEST) * UNITS["s"]
    if len(letter) == 19:
        return ns, good
    fraction, known = _fraction(letter[19:])
    return ns + fraction, good & known


def _fraction(letter: Array) -> tuple[Array, Array]:
    """Read `.123456789` from (size, n) letters as ns."""
    decimals, count = len(letter) - 1, letter.shape[1]
    if not 1 <= decimals <= 9:
        return np.zeros(count, np.int64), np.zeros(count, bool)
    digit = letter[1:] - np.uint8(48)
    good = (letter[0] == ord(".")) & (digit <= 9).all(axis=0)
    power = 10 ** np.arange(8, 8 - decimals, -1)
    return np.where(good, power @ digit, 0), good


def _separated(letter: Array) -> Array:
    """Say where the punctuation of an instant is where it belongs."""
    middle = letter[10]
    good: Array = (letter[4] == ord("-")) & (letter[7] == ord("-"))
    good &= (letter[13] == ord(":")) & (letter[16] == ord(":"))
    good &= ((middle | 0x20) == ord("t")) | (middle == ord(" "))
    return good


def _offset(letter: Array) -> tuple[Array, Array]:
    """Read `+hh:mm` as nanoseconds east of UTC from (6, n) letters."""
    digit = letter[[1, 2, 4, 5]] - np.uint8(48)
    hours, minutes = digit[0::2] * np.uint8(10) + digit[1::2]
    minus = letter[0] == ord("-")
    good = (minus | (letter[0] == ord("+"))) & (letter[3] == ord(":"))
    good &= (digit <= 9).all(axis=0) & (hours < 24) & (minutes < 60)
    east = (hours * np.int64(3_600) + minutes * np.int64(60)) * UNITS["s"]
    return np.where(minus, -east, east), good
