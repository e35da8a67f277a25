"""Why there was an alarm at an instant, or none: the path through the chain, stage by stage."""

from enum import StrEnum

from msgspec import Struct

from pdm.records.event import Event
from pdm.records.status import Phase


class Stage(StrEnum):
    """What a frame has to pass before it is an alarm, in this order."""

    DATA = "data"
    MAINTENANCE = "maintenance"
    PHASE = "phase"
    LEARNING = "learning"
    SCORE = "score"
    DELAY = "delay"


class Passage(Struct, frozen=True):
    """One stage: whether the frame passed it on its way to an alarm, and what it said."""

    stage: Stage
    passed: bool
    said: str


class ChannelDecision(Struct, frozen=True):
    """One channel in the frame; numbers are in `unit`, SI.

    value     : None where it was not measured, or was of bad quality
    baseline  : None where nothing has been learnt
    allowance : what it may do without meaning anything, None where it is not judged so
    limits    : low_low, low, high, high_high of the plant, None where there is none
    sources   : limit, delay or deadband -> the rule that says so, where one does
    suppressed : the pack that leaves it alone
    limit, drift, residual : its score by each detector; 1.0 is the line
    ready     : whether its baseline has been learnt
    on_delay_s, off_delay_s : how long an alarm that it leads waits to be raised, and to be cleared
    calm      : the score below which it is calm: 1 less its deadband; None: the usual level
    """

    channel: str
    quantity: str
    unit: str
    shown_unit: str
    value: float | None
    baseline: float | None
    allowance: float | None
    limits: tuple[float | None, float | None, float | None, float | None]
    limit: float
    drift: float
    residual: float
    ready: bool
    sources: dict[str, str] = {}
    suppressed: str = ""
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    calm: float | None = None


class Basis(Struct, frozen=True):
    """What a decision stands on.

    plant_sha256, rules : the plant file in force, and the rule packs over it, by name and version
    partition, offset   : the frame's place in the ordered log
    from_snapshot       : data time from whose state it was judged again, "" from the machine's first frame
    """

    plant_sha256: str
    rules: tuple[str, ...]
    partition: int
    offset: int
    from_snapshot: str


class Decision(Struct, frozen=True):
    """What the service knew of a machine at an instant, and what followed.

    time     : the instant asked for; frame : data time of the frame it falls into, "" where there is none
    alarm    : whether an alarm stood after it; `alarm_id` and `raised` name it
    stopped_by, because : the stage that said no, None in an alarm, and all in a sentence
    above_s, needed_s   : how long the score had been above the line, and how long it must be by the delay
                          of the channel that leads
    learning : share of the baselines' memory that had been filled
    event    : the event this frame made, as it was published; None where it made none
    """

    asset: str
    run: str
    machine_class: str
    time: str
    frame: str
    alarm: bool
    alarm_id: str
    raised: str
    stopped_by: Stage | None
    because: str
    path: tuple[Passage, ...]
    phase: Phase
    score: float
    above_s: float
    needed_s: float
    learning: float
    epoch: int
    regime: int
    channels: tuple[ChannelDecision, ...]
    basis: Basis
    event: Event | None


class EventDecision(Struct, frozen=True):
    """The decision record of an alarm: its raise as it was recorded, and judged again.

    same : whether the two are equal, byte for byte
    """

    event: Event
    decision: Decision
    same: bool
