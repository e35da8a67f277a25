"""What the plant file says about one channel of one machine."""

from collections.abc import Mapping

from pdm.plant.spec import (
    Allowance,
    Budget,
    ChannelSpec,
    Expected,
    MachineClass,
    MachineSpec,
    Pattern,
    Plant,
    Sisters,
)
from pdm.records.block import Channel

_NOTHING: Mapping[str, ChannelSpec] = {}
_UNFITTED: Mapping[str, Expected] = {}
_OF_CLASS = tuple(f for f in MachineClass.__struct_fields__ if f in MachineSpec.__struct_fields__)
"""What a machine has of its class, with its own on top."""


def class_of(plant: Plant, asset: str, machine_class: str = "") -> str:
    """Name the class of a machine: the plant file's, or the given one where it does not name it."""
    machine = plant.machines.get(asset)
    return machine.machine_class if machine else machine_class


def judged_as(plant: Plant, asset: str, machine_class: str = "") -> tuple[str, str]:
    """Name what decides how a machine is judged: its own name, "" where its class says all, and its class."""
    own = class_of(plant, asset, machine_class)
    machine, known = plant.machines.get(asset), plant.classes.get(own)
    if machine is None:
        return "", own
    shared = known is not None and all(getattr(machine, said) == getattr(known, said) for said in _OF_CLASS)
    return ("" if shared else asset), own


def channels_of(plant: Plant, asset: str, machine_class: str = "") -> Mapping[str, ChannelSpec]:
    """List the declared channels of a machine, those of its class among them."""
    machine = plant.machines.get(asset)
    if machine is not None:
        return machine.channels
    known = plant.classes.get(machine_class)
    return known.channels if known else _NOTHING


def expected_of(plant: Plant, asset: str, machine_class: str = "") -> Mapping[str, Expected]:
    """List the fitted expectations of a machine by channel, those of its class among them."""
    machine = plant.machines.get(asset)
    if machine is not None:
        return machine.expected
    known = plant.classes.get(machine_class)
    return known.expected if known else _UNFITTED


def running_of(plant: Plant, asset: str, machine_class: str = "") -> tuple[str, ...] | None:
    """List the channels that tell whether a machine runs; None where the plant file does not say."""
    machine = plant.machines.get(asset)
    if machine is not None:
        return machine.running
    known = plant.classes.get(machine_class)
    return known.running if known else None


def pattern_of(plant: Plant, asset: str, machine_class: str = "") -> Pattern | None:
    """Find how the channels of a machine move together, its own pattern before that of its class."""
    machine = plant.machines.get(asset)
    if machine is not None:
        return machine.pattern
    known = plant.classes.get(machine_class)
    return known.pattern if known else None


def budget_of(plant: Plant, asset: str, machine_class: str = "") -> Budget | None:
    """Find the budget of false alarms: of the machine, of its class, of the plant, or None."""
    machine, known = plant.machines.get(asset), plant.classes.get(machine_class)
    own = machine.budget if machine is not None else known.budget if known else None
    return own or plant.budget


def sisters_of(plant: Plant, asset: str, machine_class: str = "") -> Sisters | None:
    """Find what sisters of a machine have shown; None where nothing was learnt from them."""
    known = plant.classes.get(class_of(plant, asset, machine_class))
    return known.sisters if known else None


def patience_of(plant: Plant, asset: str, machine_class: str = "") -> int:
    """Return how long a machine may be silent, in ns; 0 for ever: its own word, its class's, the plant's."""
    known = plant.machines.get(asset) or plant.classes.get(machine_class)
    return plant.silent_ns if known is None or known.silent_ns is None else known.silent_ns


def channel_spec(plant: Plant, asset: str, machine_class: str, channel: str) -> ChannelSpec | None:
    """Find what is declared about a channel; `machine_class` counts where the asset is not named."""
    return channels_of(plant, asset, machine_class).get(channel)


def allowance_of(plant: Plant, asset: str, machine_class: str, channel: Channel) -> Allowance:
    """Find what a channel may do without meaning anything.

    Its own allowance comes first, then that of "quantity unit" (SI), then that of its quantity.
    """
    spec = channel_spec(plant, asset, machine_class, channel.name)
    if spec is not None and spec.allowance is not None:
        return spec.allowance
    exact = plant.quantities.get(f"{channel.quantity} {channel.unit}")
    return exact or plant.quantities.get(channel.quantity, Allowance())
