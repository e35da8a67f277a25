"""A reading as integrators post it, before anything about it has been judged."""

from typing import Literal

from msgspec import Struct

TimeUnit = Literal["s", "ms", "us", "ns"]
QuantityName = Literal[
    "vibration",
    "temperature",
    "pressure",
    "flow",
    "speed",
    "load",
    "current",
    "voltage",
    "power",
    "torque",
    "level",
    "position",
    "process",
]
"""The values of `Quantity`, as plain texts: an enum costs as much as the rest of a reading."""


class Reading(Struct, frozen=True, gc=False):
    """One measured value, as JSON carries it; fields not named here are ignored.

    quantity  : see `Quantity`
    time      : RFC 3339 with a zone, or a number since the epoch together with `time_unit`
    value     : in `unit`, finite
    time_unit : what a number in `time` counts; a bare number is refused, not guessed
    """

    asset: str
    channel: str
    quantity: QuantityName
    time: str | int | float
    value: float
    unit: str
    quality: Literal["good", "uncertain", "bad"] = "good"
    time_unit: TimeUnit | None = None
