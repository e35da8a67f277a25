"""Which machines the plant has: their names, their places and their nameplates."""

from msgspec import Struct

from pdm.simulator.scenario import CLASSES, Scenario

AREAS = {"pump": "cooling-water", "motor": "conveying", "fan": "ventilation"}
PER_LINE = 6
RATED_RPM = (985.0, 1480.0, 2960.0)
"""Asynchronous machines with 6, 4 and 2 poles at 50 Hz, with a usual slip."""

POWER_KW = (15.0, 18.5, 22.0, 30.0, 37.0, 45.0, 55.0, 75.0, 90.0, 110.0)
"""Preferred ratings of IEC 60072-1, all within group 2 of ISO 10816-3 (15 to 300 kW)."""


class Nameplate(Struct, frozen=True):
    """What is written on a machine."""

    asset: str
    machine_class: str
    path: str
    power_kw: float
    rated_rpm: float


def fleet(scenario: Scenario) -> tuple[Nameplate, ...]:
    """Name the machines: 2 pumps to 1.5 motors to 1.5 fans, in the order of `CLASSES`."""
    return tuple(plate for name in CLASSES for plate in members(scenario, name))


def members(scenario: Scenario, machine_class: str) -> tuple[Nameplate, ...]:
    """Name the machines of one class."""
    count = _count(scenario.machines, machine_class)
    rng = scenario.draws("nameplates", machine_class)
    power, speed = rng.choice(POWER_KW, count), rng.choice(RATED_RPM, count, p=(0.2, 0.6, 0.2))
    return tuple(
        Nameplate(
            asset=f"{machine_class}-{index + 1:02d}",
            machine_class=machine_class,
            path=f"riverside/{AREAS[machine_class]}/line-{index // PER_LINE + 1}",
            power_kw=float(power[index]),
            rated_rpm=float(speed[index]),
        )
        for index in range(count)
    )


def _count(machines: int, machine_class: str) -> int:
    motors = fans = int(machines * 0.3)
    return {"pump": machines - motors - fans, "motor": motors, "fan": fans}[machine_class]
