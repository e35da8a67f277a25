"""Severity of an alarm: the worse the evidence, the worse the grade, and it never falls meanwhile."""

from models import grade
from pdm.records.event import Severity

GRADES = {
    grade.WARNING: Severity.WARNING,
    grade.ALARM: Severity.ALARM,
    grade.CRITICAL: Severity.CRITICAL,
}
"""What people call the grades of `models.grade`, which has the numbers behind them."""
