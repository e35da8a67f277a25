"""The kit: what a channel is judged by, taken from the plant file and the rule packs that are in force."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from models import drift, limits, residual, sensor, watch
from models.pace import Pace, pace
from pdm.chain.detection.fitted import alarms, patterns
from pdm.chain.detection.running import limits_that_mean_running, trait
from pdm.chain.detection.scan import Array
from pdm.chain.detection.sensing import sensor_param
from pdm.chain.detection.sisters import FOLLOWS, before_it
from pdm.errors import KitError, RulesError
from pdm.plant.load import load, parse
from pdm.plant.lookup import channel_spec, expected_of, running_of
from pdm.plant.spec import Allowance, Limits, Plant
from pdm.records.block import Channel
from pdm.records.control import RulesChange
from pdm.records.log import PlantChange, Seat
from pdm.rules.pack import Pack
from pdm.rules.read import parse as parse_pack
from pdm.rules.rulebook import Rulebook
from pdm.units import display

RISES = frozenset({"vibration"})
"""Quantities that a fault adds to, and that a neighbouring sensor sees as well; see `models.agreement`."""


class Kit:
    """Parameters of every detector for the channels of one plant."""

    def __init__(self, plant: Plant, packs: Iterable[Pack] = ()) -> None:
        self.plant = plant
        self.rules = Rulebook(plant, packs)

    @classmethod
    def of(cls, change: PlantChange | None, rules: Sequence[RulesChange] = ()) -> "Kit":
        """Read the plant file, if there is one, and the rule packs that travel in the log.

        raises KitError where the hash of one is not that of its text, or this version cannot read it
        """
        texts = [(one.sha256, one.toml) for one in rules]
        for sha256, toml in [*texts, *([(change.sha256, change.toml)] if change else [])]:
            if hashlib.sha256(toml.encode()).hexdigest() != sha256:
                raise KitError(f"the log names plant file or rules {sha256[:12]}, but carries another text")
        try:
            packs = [parse_pack(one.toml, f"{one.name} {one.version}") for one in rules]
        except RulesError as wrong:
            raise KitError(f"the log names rules that this version cannot read: {wrong}") from wrong
        return cls(parse(change.toml, "pdm.dm.frames.v1") if change else load(None), packs)

    @cached_property
    def pace(self) -> Pace:
        """Time constants in frames of this plant's grid."""
        return pace(self.plant.frame_ns / 1e9)

    def params(self, seat: Seat, channels: list[Channel]) -> watch.Params:
        """Return the parameters of a machine's channels, in their order, (width,) each."""
        width = len(channels)
        moves, bounds = np.zeros(width, drift.PARAM), np.zeros(width, limits.PARAM)
        senses, ruled = np.zeros(width, sensor.PARAM), []
        for i, channel in enumerate(channels):
            judged = self.rules.judged(seat.asset, seat.machine_class, channel)
            allowance = Allowance() if judged.suppressed else judged.allowance
            follows, rises = channel.quantity in FOLLOWS, channel.quantity in RISES
            group = 1 + channels.index(_first_alike(channels, channel)) if rises else 0
            known = before_it(self.plant, seat, channel, allowance, self.pace)
            moves[i] = (allowance.relative, allowance.absolute, follows, group, rises, *known)
            held = Limits() if judged.suppressed else judged.limits
            ruled.append((judged.delays, held))
            bounds[i] = (*_bounds(held), limits_that_mean_running(channel.quantity))
            spec = channel_spec(self.plant, seat.asset, seat.machine_class, channel.name)
            senses[i] = sensor_param(channel, spec, allowance)[0]
        names = [channel.name for channel in channels]
        expected, together = self._expected(seat, channels), patterns(self.plant, seat, names)
        return watch.Params(moves, bounds, expected, alarms(self.plant, seat, ruled), together, senses)

    def traits(self, seat: Seat, channels: list[Channel]) -> watch.Traits:
        """Return what a machine is judged by as a whole, (1,) each."""
        named = running_of(self.plant, seat.asset, seat.machine_class)
        return watch.Traits(trait(channels, named))

    def crossed(self, seat: Seat, channel: Channel, value: float) -> tuple[float | None, str]:
        """Return the limit that a value has crossed, the outer one before the inner, and who sets it.

        None where it has crossed none; "" where the plant file sets it
        """
        judged = self.rules.judged(seat.asset, seat.machine_class, channel)
        bounds = Limits() if judged.suppressed else judged.limits
        for key in ("high_high", "high"):
            upper = getattr(bounds, key)
            if upper is not None and value >= upper:
                return upper, judged.sources.get(key, "")
        for key in ("low_low", "low"):
            lower = getattr(bounds, key)
            if lower is not None and value <= lower:
                return lower, judged.sources.get(key, "")
        return None, ""

    def shown_unit(self, seat: Seat, channel: Channel) -> str:
        """Name the unit in which people read a channel: the plant file's, else the usual one."""
        spec = channel_spec(self.plant, seat.asset, seat.machine_class, channel.name)
        return display(channel.quantity, channel.unit, (spec.unit or "1") if spec else "")[0]

    def _expected(self, seat: Seat, channels: list[Channel]) -> Array:
        """Return the fitted expectations whose drivers this machine has."""
        names = [channel.name for channel in channels]
        params = np.zeros(len(names), residual.PARAM)
        judged = {
            channel.name
            for channel in channels
            if not self.rules.judged(seat.asset, seat.machine_class, channel).suppressed
        }
        for name, model in expected_of(self.plant, seat.asset, seat.machine_class).items():
            if name in judged and set(model.drivers) <= set(names):
                row, n = params[names.index(name)], len(model.drivers)
                row["centre"], row["scale"], row["drivers"] = model.centre, model.scale, n
                row["coefficient"][:n], row["offset"][:n] = model.coefficients, model.offsets
                row["driver"][:n] = [names.index(driver) for driver in model.drivers]
        return params


def _first_alike(channels: list[Channel], channel: Channel) -> Channel:
    """Find the first channel of the same quantity and unit."""
    return next(c for c in channels if (c.quantity, c.unit) == (channel.quantity, channel.unit))


def _bounds(given: Limits) -> tuple[float, float, float, float]:
    """Write limits as floats, NaN where there is none."""
    low_low, low, high, high_high = (
        np.nan if limit is None else limit
        for limit in (given.low_low, given.low, given.high, given.high_high)
    )
    return low_low, low, high, high_high
