"""How bad the scores of one frame are: the grades an alarm rises through."""

from models.compiled import compiled

WARNING, ALARM, CRITICAL = 1, 2, 3
"""From mild to bad; 0 is no alarm at all."""

UNUSUAL = 3.0
"""A score from here on is an alarm, whatever it was told from."""
CROSSED, FORBIDDEN = 1.0, 2.0
"""A part against a plant limit: on the warning limit, and on the critical one."""


@compiled
def grade(score: float, limit: float) -> int:
    """Grade a score on the scale where 1.0 is the line.

    limit : the largest part against a plant limit, as in `models.limits`
    A deviation without a crossed limit is never critical: it is unusual, not forbidden.
    """
    if limit >= FORBIDDEN:
        return CRITICAL
    if limit >= CROSSED or score >= UNUSUAL:
        return ALARM
    return WARNING
