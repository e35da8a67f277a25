"""How well sensor faults are told from machine faults: the figures of one or more seeds."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate.sensor_trial import FAULTS, Lied, trial

Progress = Callable[[str], None]
EACH = 50
"""Sensors with each fault, per seed."""


class Kindwise(Struct, frozen=True):
    """Of one kind of fault: how many were planted, called right, and what the others were called.

    delay_median_s, delay_p90_s : from the onset to the verdict, of those that were called right
    """

    planted: int
    right: int
    machine_alarms: int
    called: dict[str, int]
    delay_median_s: float
    delay_p90_s: float


class Sensors(Struct, frozen=True):
    """The figures, shares as fractions.

    classed_right   : faults of which just the right thing was said, of the right channel, and nothing else
    machine_alarms  : alarms of the machines of which a sensor lied, from the onset on
    alarms_without  : what the same machines raise in that time when nobody lies
    verdicts_before : of these machines before the onset: nobody lied yet
    recall_without, recall_with, recall_lost : machine faults found, without and with a lying sensor beside,
        but for a clock that runs ahead
    blinded, blinded_found : faults of machines where one does, and how many of these were found: what the
        others say comes too late for their frames then, and no detector sees it
    delay_without_s, delay_with_s : from the second a fault can be seen, in the middle
    """

    classed_right: float
    machine_alarms: int
    injections: int
    alarms_without: int
    verdicts_before: int
    recall_without: float
    recall_with: float
    recall_lost: float
    machine_faults: int
    blinded: int
    blinded_found: int
    delay_without_s: float
    delay_with_s: float
    by_fault: dict[str, Kindwise]
    seeds: tuple[int, ...]


def sensors(seeds: Sequence[int], progress: Progress = lambda _line: None, each: int = EACH) -> Sensors:
    """Plant `each` faults of every kind on healthy machines, and some beside machine faults, per seed."""
    trials = [trial(seed, each, progress) for seed in seeds]
    lied = [one for t in trials for one in t.lied]
    by_fault = {fault.value: _kindwise([one for one in lied if one.lie.fault is fault]) for fault in FAULTS}
    without = np.concatenate([t.delays_without for t in trials])
    beside = np.concatenate([t.delays_with for t in trials])
    blinded = np.concatenate([t.blinded for t in trials])
    shares = [float(np.isfinite(delays[~blinded]).mean()) for delays in (without, beside)]
    return Sensors(
        classed_right=sum(one.right for one in lied) / len(lied),
        machine_alarms=sum(one.machine_alarms for one in lied),
        injections=len(lied),
        alarms_without=sum(t.alarms_without for t in trials),
        verdicts_before=sum(one.before for one in lied),
        recall_without=shares[0],
        recall_with=shares[1],
        recall_lost=shares[0] - shares[1],
        machine_faults=int((~blinded).sum()),
        blinded=int(blinded.sum()),
        blinded_found=int(np.isfinite(beside[blinded]).sum()),
        delay_without_s=_quantile(without, 0.5),
        delay_with_s=_quantile(beside, 0.5),
        by_fault=by_fault,
        seeds=tuple(seeds),
    )


def _kindwise(lied: Sequence[Lied]) -> Kindwise:
    delays = np.array([one.delay_s for one in lied if one.right])
    called = [one.called for one in lied if not one.right]
    return Kindwise(
        planted=len(lied),
        right=sum(one.right for one in lied),
        machine_alarms=sum(one.machine_alarms for one in lied),
        called={name: called.count(name) for name in sorted(set(called))},
        delay_median_s=_quantile(delays, 0.5),
        delay_p90_s=_quantile(delays, 0.9),
    )


def _quantile(delays: np.ndarray[tuple[int], np.dtype[np.float64]], share: float) -> float:
    """Return a quantile of the finite delays; NaN, written as null, where there is none."""
    known = delays[np.isfinite(delays)]
    return float(np.quantile(known, share)) if len(known) else float("nan")
