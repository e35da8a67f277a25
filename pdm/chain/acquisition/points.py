"""Points: fields of foreign points as they are met, made into columns."""

import math

import msgspec
import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.columns import Array
from pdm.chain.acquisition.decode import MOST_READINGS, shortened, too_many
from pdm.chain.acquisition.line_protocol import Value
from pdm.chain.acquisition.meaning import Refusal
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.times import scaled
from pdm.records.reading import Reason, Rejection

_FLOATS = msgspec.json.Decoder(list[float])
_WHOLE = msgspec.json.Decoder(list[int])


class Points(Struct, frozen=True):
    """Numbers as they were posted, in the order of the request.

    code     : (n,) i8 number of the series
    time     : (n,) i8 ns since the epoch
    value    : (n,) f8 in the unit of the series, finite
    place    : (n,) i8 line, from 0
    rejected : verdicts on what is no number, or no line protocol
    ignored  : other values that a rule leaves out
    """

    code: Array
    time: Array
    value: Array
    place: Array
    rejected: tuple[Rejection, ...]
    ignored: int


class Gathered:
    """Fields as they are met: codes and values of each, and of each line how many, its time and its place."""

    def __init__(self, known: Series) -> None:
        self.known = known
        self.codes: list[int] = []
        self.texts: list[bytes] = []
        self.counts: list[int] = []
        self.stamps: list[bytes] = []
        self.places: list[int] = []
        self.unstamped: list[int] = []
        self.rejected: list[Rejection] = []
        self.ignored = 0

    def close(self, place: int, stamp: bytes | None, before: int) -> None:
        """End a line or record, whose fields are those gathered since `before`."""
        if stamp is None:
            self.unstamped.append(len(self.stamps))
        self.stamps.append(stamp or b"0")
        self.counts.append(len(self.codes) - before)
        self.places.append(place)

    def take(self, place: int, code: int, value: Value | None) -> None:
        """Take one value whose kind is known; None is a value of any other kind."""
        target = self.known.fates[code].target
        if isinstance(value, bool) and target is not None and target.booleans:
            value = float(value)
        if isinstance(value, float) and math.isfinite(value):
            self.codes.append(code)
            self.texts.append(repr(value).encode())
        elif target is None and self.known.fates[code].refusal is None:
            self.ignored += 1
        else:
            self.refuse(place, self.known.fates[code].refusal or self._no_number(code, value))

    def refuse(self, place: int, refusal: Refusal) -> None:
        """Give a verdict on a field, or on a line as a whole."""
        if len(self.rejected) == MOST_READINGS:
            raise too_many()
        self.rejected.append(Rejection(place, refusal[0], shortened(refusal[1])))

    def points(self, factor: int, now_ns: int) -> Points:
        """Make columns of it; one of a stamp counts `factor` ns.

        raises msgspec.DecodeError where a text is no number, RefusedError where there are too many
        """
        value = _FLOATS.decode(b"[" + b",".join(self.texts) + b"]")
        if len(value) + len(self.rejected) > MOST_READINGS:
            raise too_many()
        stamps = scaled(_WHOLE.decode(b"[" + b",".join(self.stamps) + b"]"), factor)
        stamps[self.unstamped] = now_ns
        return Points(
            np.array(self.codes, np.int64),
            np.repeat(stamps, self.counts),
            np.array(value, np.float64),
            np.repeat(np.array(self.places, np.int64), self.counts),
            tuple(self.rejected),
            self.ignored,
        )

    def _no_number(self, code: int, value: Value | None) -> Refusal:
        """Say why a value is no reading."""
        field = repr(self.known.points[code].field[:40])
        if isinstance(value, float):
            return Reason.NOT_FINITE, f"field {field} is not a finite number"
        if isinstance(value, bool):
            return Reason.NO_MAPPING, f"field {field} is a boolean: a rule with booleans = true takes it"
        kind = "a text" if isinstance(value, str) else "no number"
        return Reason.NO_MAPPING, f"field {field} is {kind}: a rule with ignore = true leaves it out"
