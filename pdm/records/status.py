"""Where each machine stands: a view for people, sent now and then, never part of a result."""

from enum import StrEnum

from msgspec import Struct

from pdm.records.sensor import SensorStatus


class Phase(StrEnum):
    """What a machine does, as its own signals tell; unknown where none of them does."""

    UNKNOWN = "unknown"
    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class Condition(StrEnum):
    """The state of a machine as its detectors see it; an alarm comes first, then what it does."""

    LEARNING = "learning"
    NORMAL = "normal"
    ALARM = "alarm"
    STOPPED = "stopped"
    CHANGING = "changing"
    """It starts or stops, and is held against limits alone."""
    MAINTENANCE = "maintenance"


class ChannelStatus(Struct, frozen=True, array_like=True, gc=False):
    """The last value of a channel, in its SI unit; None where it was missing.

    shown_unit : the unit people read it in: the plant file's, else the usual one
    status     : of the sensor, after NAMUR NE 107
    fault      : what is wrong with it, as in `SensorFault`, or ""
    sees       : what can judge it now: "limit", "drift", "residual"
    learning   : whether its baseline is still being learnt, and a drift cannot be seen yet
    sisters    : whether a drift is seen already because sister machines have shown how far it wanders
    """

    channel: str
    quantity: str
    unit: str
    value: float | None
    shown_unit: str = ""
    status: SensorStatus = SensorStatus.NORMAL
    fault: str = ""
    sees: tuple[str, ...] = ()
    learning: bool = False
    sisters: bool = False


class AssetStatus(Struct, frozen=True, gc=False):
    """The last closed frame of one machine.

    time     : data time, RFC 3339
    score    : on the scale where 1.0 is the decision line
    phase    : what it did in that frame
    learning : share of the baseline's memory that has been filled, 0 to 1
    """

    asset: str
    machine_class: str
    condition: Condition
    time: str
    score: float
    learning: float
    channels: tuple[ChannelStatus, ...]
    run: str = ""
    phase: Phase = Phase.UNKNOWN
