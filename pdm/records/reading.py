"""A reading as integrators post it, and the verdict on each."""

from enum import StrEnum

from msgspec import Struct

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
"""Asset and channel names fit a URL, a metric label and a topic key."""


class Quantity(StrEnum):
    """What a channel measures; `process` is any other quantity that explains the rest."""

    VIBRATION = "vibration"
    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    FLOW = "flow"
    SPEED = "speed"
    LOAD = "load"
    CURRENT = "current"
    VOLTAGE = "voltage"
    POWER = "power"
    TORQUE = "torque"
    LEVEL = "level"
    POSITION = "position"
    PROCESS = "process"


class Reason(StrEnum):
    """Why a reading or a message was refused; each becomes a metric label."""

    MALFORMED = "malformed"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    FUTURE = "future"
    TOO_LARGE = "too_large"
    BAD_NAME = "bad_name"
    UNKNOWN_ASSET = "unknown_asset"
    """Only in strict mode: the plant file does not name this machine or channel."""
    TOO_MANY_NAMES = "too_many_names"
    """The source has brought as many undeclared machines and channels as it may."""
    FORBIDDEN = "forbidden"
    """The API key does not reach this machine."""
    NO_MAPPING = "no_mapping"
    """No rule says what a foreign point means, or in which unit, or it is a text."""
    BUG = "bug"
    """An unexpected exception: our fault, logged with its trace."""


class Rejection(Struct, frozen=True, gc=False):
    """The verdict on one refused reading: its place in the request, and why."""

    index: int
    reason: Reason
    detail: str


class Receipt(Struct, frozen=True):
    """The answer to a request that delivered readings.

    duplicates : repeats of (asset, channel, time) within the request, counted in `accepted` too
    """

    accepted: int
    rejected: tuple[Rejection, ...]
    duplicates: int


class PointReceipt(Receipt, frozen=True):
    """The answer to a request that delivered foreign points: line protocol, telemetry.

    ignored : fields that a mapping leaves out on purpose
    """

    ignored: int = 0
