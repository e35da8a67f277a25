"""An event: an alarm raised, updated or cleared, with its evidence."""

from enum import StrEnum

from msgspec import Struct

from pdm.records.sensor import SensorStatus

MACHINE, DATA, SENSOR = "machine", "data", "sensor"
"""Subjects of events: how a machine behaves, that its data do not come, what is wrong with a sensor."""
NO_DATA = "no_data"
"""The cause of an event about data."""


class Kind(StrEnum):
    """What happened to the alarm with this revision."""

    RAISE = "raise"
    UPDATE = "update"
    CLEAR = "clear"


class Severity(StrEnum):
    """How soon a person must care; ISA-18.2 priorities in plain words."""

    NOTICE = "notice"
    WARNING = "warning"
    ALARM = "alarm"
    CRITICAL = "critical"


class Evidence(Struct, frozen=True):
    """What one channel said: each number with its unit, so that advice can quote it.

    value, baseline : in `unit` (SI); the baseline is None where nothing has been learnt yet
    limit           : the limit that was crossed, in `unit`, or None
    limit_from      : the rule pack, or the row of its table, that sets it; "" where the plant file does
    shown_unit      : the unit people read it in: the plant file's at that time, else the usual one
    score           : the channel's part, on the scale where 1.0 is the decision line
    detector        : "limit", "drift" or "residual"; "sensor" where it is about the sensor itself
    status          : of the sensor, after NAMUR NE 107
    """

    channel: str
    quantity: str
    unit: str
    detector: str
    score: float
    value: float
    baseline: float | None = None
    limit: float | None = None
    shown_unit: str = ""
    limit_from: str = ""
    status: SensorStatus = SensorStatus.NORMAL


class Event(Struct, frozen=True, omit_defaults=True):
    """One revision of an alarm. The same log gives the same events, byte for byte.

    id       : uuid5 of asset, cause, time of the first raise and baseline epoch
    revision : 1 with the raise, then counting
    time     : data time of this revision, RFC 3339, UTC
    raised   : data time of the raise; of "no data" since when nothing came
    score    : now; peak : the largest so far; 1.0 is the line
    evidence : channels in falling order of score
    epoch    : how often the machine's baseline was restarted
    run      : namespace of a replay run, "" for the live plant; never exported
    subject  : what it is about: "machine", "sensor", or "data" that does not come
    channel  : the one channel it is about, "" where it is about all of the machine
    reason   : why it was cleared although its readings may not be calm, such as "maintenance: repair"
    base, shares : the score is the base and the shares of all channels of the machine, added up
    suspects : channels that moved, the one it most likely came from first
    """

    id: str
    revision: int
    asset: str
    machine_class: str
    kind: Kind
    cause: str
    severity: Severity
    time: str
    raised: str
    score: float
    peak: float
    evidence: tuple[Evidence, ...]
    epoch: int = 0
    run: str = ""
    subject: str = MACHINE
    channel: str = ""
    reason: str = ""
    base: float = 0.0
    shares: dict[str, float] = {}
    suspects: tuple[str, ...] = ()
