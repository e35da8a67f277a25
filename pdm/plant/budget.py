"""A budget of false alarms in the plant file, and the line of what is told by statistics that keeps it.

How often healthy machines cross a line falls by the same factor with each step of it: the tail of the
score is exponential. Where it lies differs from plant to plant: `pdm.evaluate.tail` measures it on scores
of healthy machines.
"""

import math

from pdm.plant.spec import Budget
from pdm.plant.table import Table

BUDGET_KEYS = ("false_alarms_per_day", "score_tail")
_TAIL = ("per_day", "step")
AT_LINE, STEP = 20.0, 0.5
"""The tail unless a plant says its own: that of a small rig in a laboratory, whose flow and vibration wander
more than machines do in a plant. So a budget is kept rather than missed, at the cost of sight."""
LOWEST, HIGHEST = 0.75, 2.5
"""The line stays between these: an allowance is physics, and means something by itself."""


def read_budget(table: Table) -> Budget | None:
    """Read the false alarms a machine and day that people put up with; None where nobody says.

    raises Misread
    """
    tail = table.table("score_tail", _TAIL)
    found = Budget(
        per_day=table.number("false_alarms_per_day", 1.0),
        at_line=tail.number("per_day", AT_LINE),
        step=tail.number("step", STEP),
    )
    for key, number in (("false_alarms_per_day", found.per_day), ("score_tail", found.at_line)):
        if not 0.0 < number <= 1e4:
            raise table.wrong(key, "must be more than 0 and at most 10000 a day")
    if not 0.01 <= found.step <= 10.0:
        raise table.wrong("score_tail", "step must be 0.01 to 10")
    return found if "false_alarms_per_day" in table else None


def line_of(budget: Budget | None) -> float:
    """Return the line that keeps a budget, 1.0 without one; plant limits know none, and are not scaled."""
    if budget is None:
        return 1.0
    return min(HIGHEST, max(LOWEST, 1.0 + budget.step * math.log(budget.at_line / budget.per_day)))
