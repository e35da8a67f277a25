"""From the false alarms that people put up with to the line of what is told by statistics.

How often healthy machines cross a line falls by the same factor with each step of it: the tail of the
score is exponential. `python -m bench ablation` measures it, on the simulated plant and on the real rig.
"""

import math

RATE = 1.0
"""False alarms a machine and day at the line 1.0: so many, at most, on the simulated plant."""
STEP = 0.25
"""How far the line has to rise for a false alarm to become e times rarer."""
LOWEST, HIGHEST = 0.75, 2.5
"""The line never goes beyond these: allowances are physics, and mean something by themselves."""


def line_of(false_alarms: float | None) -> float:
    """Return the line for a budget of false alarms a machine and day; None is 1.0.

    Plant limits know no budget: they are not scaled.
    """
    if false_alarms is None:
        return 1.0
    return min(HIGHEST, max(LOWEST, 1.0 + STEP * math.log(RATE / false_alarms)))
