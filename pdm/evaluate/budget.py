"""Recall at a budget: how many faults are found for so many false alarms and so much normal time in alarm."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate import alarms
from pdm.evaluate.judging import Judged
from pdm.evaluate.material import Material, judged, normal_rows
from pdm.evaluate.setting import ALLOWANCE, Setting, VariedKit

DAY_S = 86_400
SENSITIVITIES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
"""Factors of all allowances, that is, of the distance to the line; 1 is what ships."""
BUDGETS = ((1.0, 1.0), (5.0, 4.5), (10.0, 4.5), (20.0, 10.0), (50.0, 10.0), (100.0, 20.0))
"""False alarms per machine-day, and percent of normal time in alarm."""


class Operating(Struct, frozen=True):
    """How the chain does at one sensitivity; an alarm finds a fault only if it starts in its label.

    allowances_times          : factor of all allowances
    false_alarms_per_machine_day, percent_of_normal_time_in_alarm : over all rows labelled normal
    """

    allowances_times: float
    false_alarms_per_machine_day: float
    percent_of_normal_time_in_alarm: float
    event_recall: float
    event_precision: float
    delay_median_s: float
    delay_p90_s: float


class AtBudget(Struct, frozen=True):
    """The best operating point within a budget, None where none of them keeps it."""

    budget_false_alarms_per_machine_day: float
    budget_percent_of_normal_time: float
    best: Operating | None


class Budgets(Struct, frozen=True):
    """The curve, and what it gives at each budget.

    normal_machine_days : of rows labelled normal; one false alarm among them is 1 / normal_machine_days
    """

    normal_machine_days: float
    curve: list[Operating]
    at_budget: list[AtBudget]


def budgets(material: Material) -> Budgets:
    """Judge everything at each sensitivity."""
    curve, days = [], 0.0
    for factor in SENSITIVITIES:
        found = judged(material.everything(), VariedKit(material.plant, Setting(ALLOWANCE, factor)))
        days = normal_rows(found) * material.plant.frame_ns / 1e9 / DAY_S
        curve.append(operating(factor, found, days))
    return Budgets(days, curve, [AtBudget(*budget, _best(curve, *budget)) for budget in BUDGETS])


def operating(factor: float, found: Sequence[Judged], days: float) -> Operating:
    """Sum up one sensitivity. days : machine-days labelled normal"""
    events = alarms.judge([one.run for one in found])
    false = events.alarms - round(events.precision * events.alarms) if events.alarms else 0
    alarmed = sum(int(np.count_nonzero(one.run.alarmed() & ~one.run.labels)) for one in found)
    return Operating(
        allowances_times=factor,
        false_alarms_per_machine_day=false / days if days else float("nan"),
        percent_of_normal_time_in_alarm=100.0 * alarmed / max(1, normal_rows(found)),
        event_recall=events.recall,
        event_precision=events.precision,
        delay_median_s=events.delay_median_s,
        delay_p90_s=events.delay_p90_s,
    )


def _best(curve: Sequence[Operating], per_day: float, percent: float) -> Operating | None:
    """Choose the highest recall within a budget, then the shortest delay."""
    within = [
        one
        for one in curve
        if one.false_alarms_per_machine_day <= per_day and one.percent_of_normal_time_in_alarm <= percent
    ]
    return max(within, key=lambda one: (one.event_recall, -one.delay_p90_s), default=None)
