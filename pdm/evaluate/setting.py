"""The few settings of the detectors, each halved and doubled: what nested validation may choose from."""

from collections.abc import Mapping
from functools import cached_property
from inspect import Parameter, signature
from typing import TypeVar

from msgspec import Struct, structs

from models.pace import Pace, pace
from pdm.chain.detection.kit import Kit
from pdm.plant.spec import Allowance, ChannelSpec, MachineClass, MachineSpec, Plant

USUAL = {
    name: float(one.default)
    for name, one in signature(pace).parameters.items()
    if one.kind is Parameter.KEYWORD_ONLY and isinstance(one.default, float)
}
"""Every setting that a pace has, with what ships; a new one joins the grid by itself."""

ALLOWANCE = "allowance"
SHIPPED = "shipped"

_Owner = TypeVar("_Owner", MachineClass, MachineSpec)


class Setting(Struct, frozen=True):
    """One setting by name, times a factor; all others as they ship."""

    knob: str = ""
    factor: float = 1.0

    def __str__(self) -> str:
        return f"{self.knob} x {self.factor:g}" if self.knob else SHIPPED


class VariedKit(Kit):
    """The kit of a plant with one setting changed."""

    def __init__(self, plant: Plant, setting: Setting) -> None:
        super().__init__(with_allowances(plant, setting.factor) if setting.knob == ALLOWANCE else plant)
        self._setting = setting

    @cached_property
    def pace(self) -> Pace:
        """Time constants, the changed one among them."""
        knob, frame = self._setting.knob, self.plant.frame_ns / 1e9
        if knob not in USUAL:
            return pace(frame)
        changed: Mapping[str, float] = {knob: USUAL[knob] * self._setting.factor}
        return pace(frame, **changed)


def grid(factors: tuple[float, ...] = (0.5, 2.0)) -> tuple[Setting, ...]:
    """Return what ships, then every setting times each factor."""
    return (Setting(), *(Setting(knob, factor) for knob in (ALLOWANCE, *USUAL) for factor in factors))


def with_allowances(plant: Plant, factor: float) -> Plant:
    """Multiply every allowance of a plant; the less is allowed, the more is found."""
    return structs.replace(
        plant,
        quantities={name: _scaled(one, factor) for name, one in plant.quantities.items()},
        classes={name: _owner(one, factor) for name, one in plant.classes.items()},
        machines={name: _owner(one, factor) for name, one in plant.machines.items()},
    )


def _owner(owner: _Owner, factor: float) -> _Owner:
    channels = {name: _channel(one, factor) for name, one in owner.channels.items()}
    return structs.replace(owner, channels=channels)


def _channel(spec: ChannelSpec, factor: float) -> ChannelSpec:
    own = spec.allowance
    return spec if own is None else structs.replace(spec, allowance=_scaled(own, factor))


def _scaled(one: Allowance, factor: float) -> Allowance:
    return Allowance(one.relative * factor, one.absolute * factor)
