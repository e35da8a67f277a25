"""What is known of a channel before its machine has shown anything: the wander of its sisters."""

from models.pace import Pace
from pdm.plant.lookup import sisters_of
from pdm.plant.spec import Allowance, Plant
from pdm.records.block import Channel
from pdm.records.log import Seat

FOLLOWS = frozenset({"temperature"})
"""Quantities whose baseline goes on learning during an alarm: stored heat outlasts its cause."""
STEADY = 0.2
"""Allowances a channel may wander to be judged sooner: four standard deviations of the difference between
a baseline of a moment and a value of another are then within its widened allowance."""
SOONER = 4
"""Such a channel needs so many times fewer cells."""


def before_it(
    plant: Plant, seat: Seat, channel: Channel, allowance: Allowance, pace: Pace
) -> tuple[float, int]:
    """Return the wander of a channel in allowances, and the cells it needs before it is judged; 0: the usual.

    What stores heat is not judged sooner: it warms up for longer than a short look would show.
    """
    share = in_allowances(plant, seat, channel, allowance)
    if not 0.0 < share <= STEADY or channel.quantity in FOLLOWS:
        return share, 0
    return share, max(2, pace.ready // SOONER)


def in_allowances(plant: Plant, seat: Seat, channel: Channel, allowance: Allowance) -> float:
    """Return how far sisters wander, in allowances of this channel, at most; 0 where nobody knows."""
    known = sisters_of(plant, seat.asset, seat.machine_class)
    theirs = known.wander.get(channel.name) if known else None
    if theirs is None:
        return 0.0
    if theirs.relative:
        return theirs.relative / allowance.relative if allowance.relative else 0.0
    return theirs.absolute / allowance.absolute if allowance.absolute else 0.0
