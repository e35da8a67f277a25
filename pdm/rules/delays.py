"""Delays and deadband of a channel's alarms, as a rule pack sets them."""

import math

from msgspec import Struct

from models.limits import span
from pdm.plant.spec import Limits
from pdm.plant.table import Table

KEYS = ("on_delay", "off_delay", "deadband")
_DEADBAND = ("relative", "absolute")
MOST_NS = 86_400_000_000_000
"""The longest delay: a day."""
WIDEST = 0.99
"""The widest deadband as a share of the line: below a score of 0 there is nothing to come back to."""


class Deadband(Struct, frozen=True):
    """How far a channel has to come back within its line before it is calm; one of both is 0.

    relative : share of the line: 0.2 is a score of 0.8
    absolute : in SI within the limits of the channel
    """

    relative: float = 0.0
    absolute: float = 0.0


class Delays(Struct, frozen=True):
    """How alarms that a channel leads begin and end; None is what is usual.

    on_delay, off_delay : ns beyond the line before an alarm is raised, and of calm before it is cleared
    """

    on_delay: int | None = None
    off_delay: int | None = None
    deadband: Deadband | None = None


def read_delays(of: Table, scale: float) -> Delays:
    """Read the delays and the deadband of a rule; an absolute one is a difference in the rule's unit.

    raises Misread
    """
    return Delays(
        on_delay=_delay(of, "on_delay"),
        off_delay=_delay(of, "off_delay"),
        deadband=_deadband(of, scale) if "deadband" in of else None,
    )


def calm_level(deadband: Deadband, held: Limits) -> float:
    """Return the score below which a channel is calm, as in `models.alarm.PARAM`; 0: the usual one.

    A channel that has lost the limits an absolute one counts from is calm in the usual way.
    """
    if not deadband.absolute:
        return 1.0 - deadband.relative
    within = spans(held)
    return 1.0 - min(WIDEST, deadband.absolute / min(within)) if within else 0.0


def spans(held: Limits) -> tuple[float, ...]:
    """Return how far within its limit a value scores 0, in SI, for the upper pair and the lower one."""
    high, high_high, low, low_low = (
        math.nan if limit is None else limit for limit in (held.high, held.high_high, held.low, held.low_low)
    )
    found = float(span(high, high_high)), float(span(-low, -low_low))
    return tuple(one for one in found if not math.isnan(one))


def unreachable(deadband: Deadband | None, held: Limits) -> str:
    """Say why a deadband in units of its channel cannot be kept; "" where it can."""
    if deadband is None or not deadband.absolute:
        return ""
    within = spans(held)
    if not within:
        return "counts from a limit, and there is none: say it as relative"
    most = WIDEST * min(within)
    return f"is wider than {most:.6g} in SI, where the score is 0" if deadband.absolute > most else ""


def _delay(of: Table, key: str) -> int | None:
    if key not in of:
        return None
    found = of.duration(key)
    if found > MOST_NS:
        raise of.wrong(key, "must be at most 24 h")
    return found


def _deadband(of: Table, scale: float) -> Deadband:
    given = of.table("deadband", _DEADBAND)
    if len(given.values) != 1:
        raise of.wrong("deadband", "says relative or absolute")
    relative, absolute = given.number("relative", 0.0), given.number("absolute", 0.0)
    if not 0.0 <= relative <= WIDEST:
        raise given.wrong("relative", f"must be 0 to {WIDEST}, a share of the line")
    if "absolute" in given and absolute <= 0.0:
        raise given.wrong("absolute", "must be positive")
    return Deadband(relative, absolute * scale)
