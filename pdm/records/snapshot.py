"""What was known of a machine at one of its frames, so that it can be judged again from there."""

from msgspec import Struct


class Snapshot(Struct, frozen=True, array_like=True):
    """The detector state of one machine, taken now and then; a view, part of no result.

    time   : data time of its last frame, ns since the epoch
    offset : newest record of the ordered log in it, in the machine's partition
    born   : whether nothing was known of the machine before the frames of this state
    state  : as the monitor saves it, see `pdm.chain.detection.saving.SavedBank`
    """

    run: str
    asset: str
    machine_class: str
    time: int
    offset: int
    born: bool
    state: bytes
