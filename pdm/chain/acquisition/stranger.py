"""Whether a machine may be spoken of at all: its name, the plant's strictness, the sender's reach."""

from collections.abc import Callable

from pdm.chain.acquisition.meaning import Refusal, named
from pdm.plant.spec import Plant
from pdm.records.reading import Reason

Reach = Callable[[str], bool]
"""Tells whether the sender may deliver for a machine."""


def stranger(asset: str, plant: Plant, reaches: Reach | None) -> Refusal | None:
    """Say why readings of a machine are refused, whatever they say; None where they are not."""
    known = asset in plant.machines
    refusal = None if known else named("asset", asset)
    if refusal is None and reaches is not None and not reaches(asset):
        refusal = Reason.FORBIDDEN, f"this key does not reach machine {asset}"
    if refusal is None and not known and plant.strict:
        refusal = Reason.UNKNOWN_ASSET, f"the plant file names no machine {asset}"
    return refusal
