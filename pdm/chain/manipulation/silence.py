"""Machines that deliver nothing, compiled: how long is too long, and what a source's clock says about it.

A machine may be silent for its patience, from the plant file, but never for less than three frames or three
times its usual gap: one that reports once an hour is not missed after a minute. The time at which a silence
has become too long depends on its frames alone. So the log is the same whether the next frame tells of it,
or, long before, the clock of a source that has nothing to deliver.

That clock (`Block.watched`) says over each topic up to when nothing came beyond the frontier. It counts once
all topics have said so, and it moves no frontier: what comes after all is still in time. While topics have
been told different things no frame closes early, or it might close before a silence that came before it.
"""

from models.compiled import compiled
from pdm.chain.manipulation.rows import NEVER, TOPICS, Open, Record

LEAST = 3
"""Frames, or usual gaps, that a machine may always be silent."""
DECAY = 32
"""Frames after which a longer gap than usual is forgotten, about."""


@compiled
def patience_of(machine: Record, grid: int) -> int:
    """Return how long after the end of its last frame a machine may be silent, in ns."""
    return int(max(machine.patience, LEAST * grid, LEAST * machine.usual))


@compiled
def notice(o: Open, m: int, start: int, grid: int) -> None:
    """Take note of a frame of machine m: its silence is over, and its gap is one to get used to."""
    machine = o.machines[m]
    machine.silent = 0
    if machine.closed != NEVER:
        machine.usual = max(start + grid - machine.closed, machine.usual - machine.usual // DECAY)


@compiled
def hear(o: Open, m: int, topic: int, frontier: int, watched: int) -> None:
    """Take what a source says of a silent machine; it knows nothing where newer data came than it knew of."""
    if frontier >= o.frontier[m, topic]:
        o.told[m, topic] = frontier - o.machines[m].lateness
        o.watched[m, topic] = max(o.watched[m, topic], watched)


@compiled
def settled(o: Open, m: int) -> bool:
    """Tell whether all topics have been told the same of machine m."""
    same = True
    for k in range(1, TOPICS):
        same &= o.told[m, k] == o.told[m, 0] and o.watched[m, k] == o.watched[m, 0]
    return bool(same)


@compiled
def watched_until(o: Open, m: int) -> int:
    """Return up to when nothing came of machine m behind its last frame; NEVER where that is not known.

    Both clocks only rise, and all topics are told the same in turn: the smallest is what all know.
    """
    told, watched = o.told[m, 0], o.watched[m, 0]
    for k in range(1, TOPICS):
        told, watched = min(told, o.told[m, k]), min(watched, o.watched[m, k])
    return int(NEVER if o.machines[m].closed > told else watched)
