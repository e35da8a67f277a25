"""Quality of one reading, ordered so that the larger code is the better reading."""

from enum import IntEnum


class Quality(IntEnum):
    """OPC-style quality of a reading; its code travels as one byte."""

    MISSING = 0
    """No reading in this frame."""
    BAD = 1
    UNCERTAIN = 2
    GOOD = 3
