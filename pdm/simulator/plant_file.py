"""The plant file of a scenario: what an engineer who knows these machines would write down."""

from collections.abc import Iterator, Mapping

from pdm.simulator.catalogue import SIGNALS, Signal
from pdm.simulator.fleet import Nameplate, fleet
from pdm.simulator.scenario import Scenario

SOURCE = "simulator"
"""The source under which the simulated readings are delivered, declared in order."""

HEAD = f"""\
# A simulated plant of {{machines}} machines, written for seed {{seed}}.
# Limits on velocity: ISO 10816-3:2009, group 2 (15 to 300 kW), zone borders B/C and C/D; motors on a rigid
# support, fans and pump sets on a flexible one. An allowance is what a channel may do without meaning
# anything: about twice what the widest usual change of speed (3 %) and demand (8 %) does to it.
[plant]
name = "Riverside works (simulated)"
timezone = "Europe/Berlin"

[sources.{SOURCE}]
lateness = "0 s"
"""


def plant_file(scenario: Scenario, expected: Mapping[str, str] | None = None) -> str:
    """Write the plant file of a scenario as TOML text.

    expected : tables of fitted expectations by asset, to stand below their machines
    """
    head = HEAD.format(machines=scenario.machines, seed=scenario.seed)
    plates = fleet(scenario)
    return "\n".join(
        (
            head,
            *_classes(plates),
            *(_machine(plate, (expected or {}).get(plate.asset, "")) for plate in plates),
        )
    )


def _classes(plates: tuple[Nameplate, ...]) -> Iterator[str]:
    for name in dict.fromkeys(plate.machine_class for plate in plates):
        for signal in SIGNALS[name]:
            yield f"[classes.{name}.channels.{signal.name}]\n{_channel(signal)}"


def _channel(signal: Signal) -> str:
    share, floor = signal.allowance
    limits = {
        side: getattr(signal, side)
        for side in ("low_low", "low", "high", "high_high")
        if getattr(signal, side) is not None
    }
    lines = [
        f'quantity = "{signal.quantity}"',
        f'unit = "{signal.unit}"',
        f"valid = [{signal.valid[0]:g}, {signal.valid[1]:g}]",
        f"allowance = {{ relative = {share:g}, absolute = {floor:g} }}",
        "per_frame = 1",
    ]
    if limits:
        lines.append(
            "limits = { " + ", ".join(f"{side} = {value:g}" for side, value in limits.items()) + " }"
        )
    return "\n".join(lines) + "\n"


def _machine(plate: Nameplate, expected: str) -> str:
    return (
        "[[machines]]\n"
        f'asset = "{plate.asset}"\n'
        f'class = "{plate.machine_class}"\n'
        f'path = "{plate.path}"\n'
        f"power_kw = {plate.power_kw:g}\n"
        f"speed_rpm = {plate.rated_rpm:g}\n"
    ) + (f"\n{expected}" if expected else "")
