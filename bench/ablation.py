"""Each member of the detector family left out, or put in: false alarms at equal recall, and what it costs.

Frames go through the kernels as they do in the monitor. For each variant the line is moved to where as many
faults are found as with the family as it is shipped; what counts are the false alarms there.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from bench.labelled import Case, rig, simulated
from bench.progress import say
from models import alarm, pattern, watch
from models.compiled import compiled
from models.pace import Pace, pace
from models.row import Array, Row
from pdm.evaluate.alarms import Alarms, judge
from pdm.evaluate.run import Run

LINES = (0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


class Variant(Struct, frozen=True):
    """What came of one variant; `line` is where it finds as much as the family does, None where nowhere.

    false_alarms_per_day  : alarms that began in no fault, a day of all data
    *_at_one              : the same with the line at 1.0
    us_per_frame          : of one machine, all of its channels
    """

    line: float | None
    recall: float
    false_alarms_per_day: float | None
    delay_p90_s: float | None
    recall_at_one: float
    false_at_one_per_day: float
    delay_p90_at_one_s: float
    us_per_frame: float


class Ablation(Struct, frozen=True):
    """Variants by name, on the simulated plant and on the rig, which is empty without PDM_DATA."""

    simulated: dict[str, Variant]
    rig: dict[str, Variant]
    simulated_days: float
    rig_days: float


Change = Callable[[watch.Kit], None]


def run(seed: int = 7) -> Ablation:
    """Measure all variants on both sets."""
    plant = simulated(seed)
    data = os.environ.get("PDM_DATA")
    real = rig(Path(data) / "skab") if data else []
    return Ablation(_all("simulated", plant), _all("rig", real), _days(plant), _days(real))


VARIANTS: dict[str, Change] = {
    "shipped": lambda kit: _without(kit, "pattern"),
    "with the pattern": lambda kit: _without(kit, "pattern", put_in=True),
    "without drift": lambda kit: _without(kit, "drift"),
    "without limits": lambda kit: _without(kit, "limits"),
    "without residual": lambda kit: _without(kit, "residual"),
    "without agreement": lambda kit: _without(kit, "agreement"),
    "without the gate": lambda kit: _without(kit, "gate"),
}
"""What each variant changes in the parameters of a machine; the pattern is fitted, and out unless put in."""


def _without(kit: watch.Kit, member: str, *, put_in: bool = False) -> None:
    if member == "drift":
        kit.channels.drift["relative"] = kit.channels.drift["absolute"] = 0.0
    elif member == "limits":
        for name in ("low_low", "low", "high", "high_high"):
            kit.channels.limits[name] = np.nan
    elif member == "residual":
        kit.channels.residual["drivers"] = 0
    elif member == "agreement":
        kit.channels.drift["group"] = kit.channels.drift["rises"] = 0
    elif member == "gate":
        kit.machines.running["witnesses"] = 0
    if member == "pattern" and put_in:
        return
    kit.channels.pattern[:] = np.zeros(1, pattern.PARAM)


def _all(name: str, cases: Sequence[Case]) -> dict[str, Variant]:
    """Measure the variants; the first is what the others are held against."""
    found: dict[str, Variant] = {}
    if not cases:
        return found
    wanted = 0.0
    for label, change in VARIANTS.items():
        told = {line: judge([_run(case, change, line) for case in cases]) for line in LINES}
        wanted = wanted or told[1.0].recall
        found[label] = _variant(told, wanted, cases, _cost(cases, change))
        say(f"{name}, {label}: {found[label]}")
    return found


def _variant(told: dict[float, Alarms], wanted: float, cases: Sequence[Case], cost: float) -> Variant:
    days = _days(cases)
    equal = [line for line, alarms in told.items() if alarms.recall >= wanted]
    line = max(equal) if equal else None
    at, one = told[line] if line else None, told[1.0]
    return Variant(
        line=line,
        recall=at.recall if at else max(alarms.recall for alarms in told.values()),
        false_alarms_per_day=round(_false(at) / days, 3) if at else None,
        delay_p90_s=at.delay_p90_s if at else None,
        recall_at_one=one.recall,
        false_at_one_per_day=round(_false(one) / days, 3),
        delay_p90_at_one_s=one.delay_p90_s,
        us_per_frame=round(cost, 3),
    )


def _false(alarms: Alarms) -> int:
    return round(alarms.alarms * (1.0 - alarms.precision)) if alarms.alarms else 0


def _days(cases: Sequence[Case]) -> float:
    return round(sum(len(case.X) for case in cases) / 86_400, 3)


def _kit(case: Case, change: Change, line: float) -> watch.Kit:
    kit = watch.Kit(
        watch.Params(*(table.copy() for table in case.params)),
        watch.Traits(*(table.copy() for table in case.traits)),
        _PACE,
    )
    change(kit)
    kit.channels.alarm["line"] = line
    return kit


def _run(case: Case, change: Change, line: float) -> Run:
    """Run one machine; returns its labels with its alarms."""
    codes = np.zeros(len(case.X), np.int64)
    state = watch.fresh(1, case.X.shape[1])
    _loop(state, _kit(case, change, line), case.X, case.steps, codes)
    begins, ends = case.times[codes == alarm.RAISE].tolist(), case.times[codes == alarm.CLEAR].tolist()
    stops = [*ends, *[None] * (len(begins) - len(ends))]
    return Run(case.name, case.times, case.labels, tuple(zip(begins, stops, strict=True)))


def _cost(cases: Sequence[Case], change: Change) -> float:
    """Return microseconds a frame, the best of three."""
    best = np.inf
    for _ in range(3):
        began = time.perf_counter()
        for case in cases:
            _run(case, change, 1.0)
        best = min(best, time.perf_counter() - began)
    return 1e6 * float(best) / sum(len(case.X) for case in cases)


_PACE: Pace = pace()


@compiled
def _loop(state: watch.State, kit: watch.Kit, X: Array, steps: Array, codes: Array) -> None:
    width = X.shape[1]
    ok, parts = np.ones(width, np.bool_), np.zeros((watch.PARTS, width))
    for t in range(len(X)):
        codes[t] = watch.watch_row(state, kit, Row(0, 0, width, steps[t], X[t], ok), parts)
