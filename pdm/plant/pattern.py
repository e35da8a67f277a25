"""The pattern in which the channels of a machine move together, in the plant file."""

from pdm.plant.spec import Pattern
from pdm.plant.table import Table

MOST_COMPONENTS = 3
"""Components of one machine: what the detector has room for."""
_KEYS = ("precisions", "beside", "channels")
_CHANNEL = ("scale", "loading")


def read_pattern(table: Table) -> Pattern | None:
    """Read a fitted pattern, its scales in SI; None where there is none.

    raises Misread
    """
    if "pattern" not in table:
        return None
    one = table.table("pattern", _KEYS)
    precisions, beside = one.numbers("precisions"), one.number("beside")
    if not 0 < len(precisions) <= MOST_COMPONENTS:
        raise one.wrong("precisions", f"must be 1 to {MOST_COMPONENTS} numbers")
    if beside <= 0 or min(precisions) < 0:
        raise one.wrong("beside", "must be positive, and precisions not negative")
    channels = one.table("channels").named(_CHANNEL)
    for given in channels.values():
        if len(given.numbers("loading")) != len(precisions):
            raise given.wrong("loading", "must have as many numbers as precisions")
        if given.number("scale") <= 0:
            raise given.wrong("scale", "must be positive")
    return Pattern(
        scales={name: given.number("scale") for name, given in channels.items()},
        loadings={name: given.numbers("loading") for name, given in channels.items()},
        precisions=precisions,
        beside=beside,
    )
