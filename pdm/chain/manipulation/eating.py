"""One block put into its frames, compiled.

Nothing here depends on how topics interleave or on where the stream was cut: whether a reading is
late is judged on the clock of its own topic, and a frame closes on the slowest topic.
"""

from typing import NamedTuple

from models.compiled import compiled
from pdm.chain.manipulation.closing import Closed, close_complete, close_passed
from pdm.chain.manipulation.rows import ACCEPTED, LATE, Array, Open, count, find_row, place
from pdm.chain.manipulation.silence import hear
from pdm.state.registry import CHUNK


class Arrivals(NamedTuple):
    """A decoded block, see `pdm.records.block.Block`; `of` arrays turn its indices into ids.

    machine_of : (a,) -1 for a machine that has eaten this block before
    """

    machine_of: Array
    channel_of: Array
    frontier: Array
    machine: Array
    channel: Array
    time: Array
    value: Array
    quality: Array
    behind: Array
    watched: Array


@compiled
def eat(o: Open, block: Arrivals, closed: Closed, topic: int, grid: int, outcome: Array, late: Array) -> int:
    """Put a block into its frames and close what may close; returns the number of late readings.

    outcome : (4,) counts by what became of the readings; late : indices of the late ones
    """
    n_late = 0
    for i in range(len(block.time)):
        m = block.machine_of[block.machine[i]]
        if m < 0:
            continue
        what = LATE
        t, c = block.time[i], block.channel_of[block.channel[i]]
        clock = t + block.behind[i] if len(block.behind) else t
        clock = max(clock, o.frontier[m, topic])
        start = t - t % grid
        if start + grid > clock - o.machines[m].lateness:
            row = find_row(o, m, start)
            what = place(o, row, c, t, block.value[i], block.quality[i])
            if what == ACCEPTED and o.machines[m].expected > 0:
                count(o, m, row, c)
                close_complete(o, closed, m, row, grid)
        outcome[what] += 1
        o.tally[m // CHUNK, what] += 1
        if what == LATE:
            late[n_late] = i
            n_late += 1
    for a in range(len(block.machine_of)):
        m = block.machine_of[a]
        if m >= 0:
            if len(block.watched):
                hear(o, m, topic, block.frontier[a], block.watched[a])
            o.frontier[m, topic] = max(o.frontier[m, topic], block.frontier[a])
            close_passed(o, closed, m, grid)
    return n_late
