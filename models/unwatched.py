"""One frame of a machine that nobody judges: no score, nothing learnt, and an alarm that stood ends."""

from models import alarm, running, sensor
from models.compiled import compiled
from models.row import Array, Row
from models.watch import State, forget


@compiled
def pass_row(s: State, row: Row, parts: Array) -> int:
    """Pass over a frame; returns alarm.CLEAR where that ends an alarm, otherwise alarm.NONE.

    parts : (PARTS, >= width) out, 0
    What was learnt stays as it was, and so does what an alarm has left behind: nothing has come to rest.
    """
    for k in range(len(parts)):
        for i in range(row.width):
            parts[k, i] = 0.0
    sensor.pass_row(s.slots.sensor, s.machines.sensor, row)
    state = s.machines.alarm[row.machine]
    stood = state.active
    state.active, state.above, state.calm, state.score = 0, 0, 0, 0.0
    return alarm.CLEAR if stood != 0 else alarm.NONE


@compiled
def renew(s: State, row: Row) -> None:
    """Forget what was learnt of a machine, before its next frame: it may be another one now.

    How much its witnesses say while it runs has to be learnt again; whether it runs, it knows.
    """
    forget(s, row)
    state = s.machines.running[row.machine]
    for k in range(running.WITNESSES):
        state.level[k], state.seen[k] = 0.0, 0
    for i in range(row.width):
        slot = s.slots.residual[row.first + i]
        slot.mean, slot.seen = 0.0, 0
        sensor.renew(s.slots.sensor[row.first + i])
