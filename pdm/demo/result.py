"""What a demo found out: the figures that `--json` prints, and what the report tells of."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pdm.demo.audit import Course
from pdm.demo.score import Match, Outcome
from pdm.records.advice import Advice
from pdm.simulator.simulation import Simulation


class Scorecard(Struct, frozen=True):
    """The figures of one demo.

    readings         : accepted by the gateway
    readings_per_s   : of wall time, from the first request until the chain had eaten the last
    median_delay_s   : from when a fault could be seen to its alarm, in data time
    first_event_s    : wall time from the start of the command to the first event at the API
    lost             : accepted readings that are in no frame of the ordered log
    duplicate_rows   : alarms in the store beyond the first with the same machine, cause and raise
    replayed         : the ordered log, judged anew, gives the same events, byte for byte
    named, named_first : found faults that their advice names at all, and names first
    times_real_time  : how much faster than its own time the plant ran
    """

    machines: int
    readings: int
    readings_per_s: float
    faults: int
    detected: int
    false_alarms: int
    median_delay_s: float | None
    first_event_s: float | None
    advice: int
    dead_letters: int
    lost: int
    duplicate_rows: int
    rejected: int
    sensor_faults: int
    named: int
    named_first: int
    replayed: bool
    times_real_time: float
    seed: int


class Result(Struct, frozen=True):
    """A finished demo: figures, what happened, and what the report draws.

    advice  : the newest on each alarm, by the id of its event
    courses : score of each machine over data time, from the ordered log
    """

    card: Scorecard
    simulation: Simulation
    outcome: Outcome
    advice: Mapping[str, Advice]
    courses: Mapping[str, Course]


def newest_advice(all_advice: Sequence[Advice]) -> dict[str, Advice]:
    """Keep the newest advice on each alarm."""
    newest: dict[str, Advice] = {}
    for advice in sorted(all_advice, key=lambda advice: (advice.event_revision, advice.revision)):
        newest[advice.event] = advice
    return newest


def names(match: Match, advice: Mapping[str, Advice]) -> tuple[bool, bool]:
    """Tell whether the advice on a found fault names it at all, and whether it names it first."""
    given = advice.get(match.alarm.last.id) if match.alarm else None
    modes = [hypothesis.failure_mode for hypothesis in given.hypotheses] if given else []
    return match.truth.fault in modes, modes[:1] == [match.truth.fault]
