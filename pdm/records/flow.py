"""The flow: where every reading of a partition has gone, to the unit."""

from msgspec import Struct

FLOW = "flow"
"""The row of `align`'s state that holds it."""


class Flow(Struct, frozen=True):
    """The account of one partition in `align`, up to and with the newest offset of each topic.

    newest     : offset of each quantity topic and of the control topic, -1 before the first
    readings   : in all blocks that could be used
    put_aside  : messages that could not, which are in the dead letters
    framed     : readings whose frame has closed and is in the ordered log
    open       : readings whose frame is still open
    late       : readings that came when their frame had closed
    duplicates : repeats of one machine, channel and instant with the same value
    conflicts  : repeats with another value: one of the two stands, the other is counted here
    repeating  : a crash lies behind, and some of this is being read again: the parts do not yet add up
    """

    newest: tuple[int, ...]
    readings: int
    put_aside: int
    framed: int
    open: int
    late: int
    duplicates: int
    conflicts: int
    repeating: bool = False

    @property
    def accounted(self) -> int:
        """Readings of which it is known what became."""
        return self.framed + self.open + self.late + self.duplicates + self.conflicts

    @property
    def balanced(self) -> bool:
        """Tell whether every reading is accounted for."""
        return not self.repeating and self.readings == self.accounted
