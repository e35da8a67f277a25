"""What people change, copied into the ordered log: from its place there it takes effect."""

from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.rows import CONTROL
from pdm.records.control import Control
from pdm.records.log import Controlled


def copy(buffers: Buffers, offset: int, said: Control) -> Controlled:
    """Return the record for the log; after a crash it may be copied again, with the same position.

    It is no reading, has no frontier, and so neither closes a frame nor keeps one open.
    """
    position = buffers.chunks.position
    position[CONTROL] = max(position[CONTROL], offset)
    buffers.ledger.enter(CONTROL, offset, 0)
    return Controlled(offset, said)
