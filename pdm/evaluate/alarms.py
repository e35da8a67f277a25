"""Event metrics: alarms and faults as wholes, over whole runs, start-up included."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate.run import Run

NS = 1_000_000_000


class Alarms(Struct, frozen=True):
    """How alarms meet faults; NaN, written as null, where there is nothing to divide by.

    recall    : faults in which an alarm began
    precision : alarms that began in a fault, all alarms counted
    faults, alarms : how many there were
    delay_median_s, delay_p90_s : from the first anomalous row to the first alarm that began in the fault
    """

    recall: float
    precision: float
    faults: int
    alarms: int
    delay_median_s: float
    delay_p90_s: float


def judge(runs: Sequence[Run]) -> Alarms:
    """Compare the alarms of all runs with their faults; an alarm that stood before a fault finds nothing."""
    delays: list[float] = []
    faults = alarms = right = 0
    for run in runs:
        begins = [begin for begin, _end in run.alarms]
        alarms += len(begins)
        for first, last in run.faults():
            faults += 1
            within = [b for b in begins if run.times[first] <= b <= run.times[last]]
            right += len(within)
            if within:
                delays.append((within[0] - int(run.times[first])) / NS)
    return Alarms(
        recall=len(delays) / faults if faults else float("nan"),
        precision=right / alarms if alarms else float("nan"),
        faults=faults,
        alarms=alarms,
        delay_median_s=float(np.median(delays)) if delays else float("nan"),
        delay_p90_s=float(np.quantile(delays, 0.9)) if delays else float("nan"),
    )
