"""What a channel is judged by: the shipped packs, over them the plant file, over that the packs in force."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, structs

from pdm.plant.lookup import allowance_of, channel_spec, class_of, judged_as
from pdm.plant.spec import Allowance, Limits, Plant
from pdm.records.block import Channel
from pdm.rules.delays import KEYS as DELAYS
from pdm.rules.delays import Delays
from pdm.rules.pack import Pack, Rule
from pdm.rules.read import shipped

BOUNDS = ("low_low", "low", "high", "high_high")


class Judged(Struct, frozen=True):
    """What holds for one channel, in SI.

    sources    : limit ("high", ...), delay or "deadband" -> who says so; not there where no pack does
    suppressed : the pack that says that it is not judged, "" where none does
    """

    limits: Limits
    allowance: Allowance
    sources: dict[str, str]
    allowance_from: str = ""
    suppressed: str = ""
    delays: Delays = Delays()


class Rulebook:
    """The plant file and the packs over it, the one that was applied last on top."""

    def __init__(self, plant: Plant, packs: Iterable[Pack] = ()) -> None:
        self.plant, self.packs = plant, tuple(packs)
        rules = [rule for pack in (*shipped(), *self.packs) for rule in pack.rules]
        self._named = {rule.machine for rule in rules} - {""}
        self._by_plate = any(rule.power is not None or rule.mounting for rule in rules)

    def judged_as(self, asset: str, machine_class: str) -> tuple[str, str]:
        """Name what decides how a machine is judged: itself, "" where its class says all, and its class."""
        own, group = judged_as(self.plant, asset, machine_class)
        machine = self.plant.machines.get(asset)
        plate = machine is not None and (machine.power is not None or machine.mounting)
        return (asset if asset in self._named or (self._by_plate and plate) else own), group

    def judged(self, asset: str, machine_class: str, channel: Channel) -> Judged:
        """Find what holds for one channel of a machine."""
        spec = channel_spec(self.plant, asset, machine_class, channel.name)
        own = spec.limits if spec else Limits()
        found = Judged(Limits(), allowance_of(self.plant, asset, machine_class, channel), {})
        if own == Limits():
            found = self._over(found, shipped(), asset, machine_class, channel)
        else:
            found = structs.replace(found, limits=own)
        return self._over(found, self.packs, asset, machine_class, channel)

    def _over(
        self, found: Judged, packs: Iterable[Pack], asset: str, machine_class: str, channel: Channel
    ) -> Judged:
        """Lay the rules of packs that fit over what was found, one after the other."""
        for pack in packs:
            for rule in pack.rules:
                if self.fits(rule, asset, machine_class, channel):
                    found = _laid(found, rule, rule.label or f"{pack.name} {pack.version}")
        return found

    def fits(self, rule: Rule, asset: str, machine_class: str, channel: Channel) -> bool:
        """Tell whether a rule is for this channel of this machine."""
        machine = self.plant.machines.get(asset)
        power, mounting = (machine.power, machine.mounting) if machine else (None, "")
        return (
            rule.machine in {"", asset}
            and rule.machine_class in {"", class_of(self.plant, asset, machine_class)}
            and rule.channel in {"", channel.name}
            and rule.quantity in {"", channel.quantity}
            and rule.unit in {"", channel.unit}
            and (rule.power is None or (power is not None and rule.power.holds(power)))
            and rule.mounting in {"", mounting}
        )


def _laid(found: Judged, rule: Rule, source: str) -> Judged:
    """Lay one rule over what was found; a rule that judges ends what suppressed the channel."""
    if rule.suppress:
        return structs.replace(found, suppressed=source)
    said, waits = _said(rule.limits, BOUNDS), _said(rule.delays, DELAYS)
    return Judged(
        limits=structs.replace(found.limits, **said),
        allowance=rule.allowance or found.allowance,
        sources={**found.sources, **dict.fromkeys([*said, *waits], source)},
        allowance_from=source if rule.allowance else found.allowance_from,
        suppressed="" if said or rule.allowance else found.suppressed,
        delays=structs.replace(found.delays, **waits),
    )


def _said(of: Struct, keys: Iterable[str]) -> dict[str, Any]:
    """Take out what is said, and not None."""
    return {key: value for key in keys if (value := getattr(of, key)) is not None}
