"""The status of a sensor after NAMUR NE 107, and what may be wrong with it."""

from enum import StrEnum


class SensorStatus(StrEnum):
    """What a sensor's values are worth. Failure and check: nothing; they raise no machine alarm."""

    NORMAL = "normal"
    FAILURE = "failure"
    CHECK = "check"
    """Somebody is working on it."""
    OUT_OF_SPECIFICATION = "out_of_specification"
    """Held back for some frames, until it is known whether a leap is the sensor's or the machine's."""
    MAINTENANCE_REQUIRED = "maintenance_required"
    """Its values are still judged; it wants somebody to look at it."""


class SensorFault(StrEnum):
    """What is wrong with a sensor; the cause of its event."""

    FLATLINE = "flatline"
    DROPOUT = "dropout"
    SPIKE = "spike"
    DRIFT = "drift"
    SATURATION = "saturation"
    CLOCK_SKEW = "clock_skew"
    SCALE = "scale"


STATUSES = tuple(SensorStatus)
"""In the order of their codes in `models.sensor_state`."""
FAULTS = (None, *SensorFault)
"""In the order of their codes in `models.sensor_state`; 0 is nothing."""
