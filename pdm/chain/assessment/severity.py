"""Severity of an alarm: the worse the evidence, the worse the grade, and it never falls meanwhile."""

from pdm.records.event import Severity

GRADES = (Severity.NOTICE, Severity.WARNING, Severity.ALARM, Severity.CRITICAL)
"""From mild to bad."""

_WARNING, _ALARM, _CRITICAL = 1, 2, 3


def grade(score: float, limit: float) -> int:
    """Grade a score on the scale where 1.0 is the line; returns an index into `GRADES`.

    limit : the largest part against a plant limit, 1.0 on the warning and 2.0 on the critical one;
            a deviation without a crossed limit is never critical: it is unusual, not forbidden
    """
    if limit >= 2.0:
        return _CRITICAL
    if limit >= 1.0 or score >= 3.0:
        return _ALARM
    return _WARNING
