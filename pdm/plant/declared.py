"""Which readings make a frame of a machine complete, where the plant file says so."""

from pdm.plant.lookup import channels_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.units import to_si


def declared_channels(plant: Plant, asset: str, machine_class: str) -> dict[Channel, int]:
    """Return each channel's readings per frame; empty unless every channel declares them.

    A channel that may bring an undeclared second reading would be closed out of its frame.
    """
    specs = channels_of(plant, asset, machine_class)
    if not all(spec.per_frame > 0 for spec in specs.values()):
        return {}
    return {
        Channel(name, spec.quantity, to_si(spec.quantity, spec.unit)[0]): spec.per_frame
        for name, spec in sorted(specs.items())
    }
