"""The signals of each machine class: what is measured, how well, and what is normal.

The allowance of a signal is what it may do without meaning anything: about twice what the widest usual
change of set-point does to it (`duty`: 3 % of speed and 8 % of demand from end to end), because such a
change moves all signals of a machine at once and their deviations add up as a root of squares. By the
affinity laws flow goes with speed, pressure with its square, power with its cube; velocity goes with speed
to the power of about 1.8.

Limits on velocity are those between zones B and C (high) and C and D (high_high) of ISO 10816-3:2009,
group 2, 15 to 300 kW: 2.8 and 4.5 mm/s on a rigid support (motors), 4.5 and 7.1 mm/s on a flexible one (fans,
and the pumps' sets; rotodynamic pumps alone have a table of their own in ISO 10816-7:2009).
"""

from msgspec import Struct


class Signal(Struct, frozen=True):
    """One measured signal; every number is in `unit`.

    decimals   : what the instrument resolves
    noise      : standard deviation of a reading, as (share of the value, absolute)
    allowance  : (share of the baseline, absolute)
    valid      : the instrument's range
    low_low .. : limits, each may be absent
    """

    name: str
    quantity: str
    unit: str
    decimals: int
    noise: tuple[float, float]
    allowance: tuple[float, float]
    valid: tuple[float, float]
    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None


def _velocity(end: str, high: float, high_high: float) -> Signal:
    return Signal(
        f"{end}-velocity",
        "vibration",
        "mm/s",
        3,
        (0.025, 0.01),
        (0.18, 0.1),
        (0.0, 100.0),
        high=high,
        high_high=high_high,
    )


def _rigid() -> tuple[Signal, ...]:
    return _velocity("de", 2.8, 4.5), _velocity("nde", 2.8, 4.5)


def _flexible() -> tuple[Signal, ...]:
    return _velocity("de", 4.5, 7.1), _velocity("nde", 4.5, 7.1)


BEARING = Signal(
    "bearing-temperature",
    "temperature",
    "degC",
    1,
    (0.0, 0.15),
    (0.0, 5.0),
    (-40.0, 200.0),
    high=85.0,
    high_high=95.0,
)
WINDING = Signal(
    "winding-temperature",
    "temperature",
    "degC",
    1,
    (0.0, 0.2),
    (0.0, 7.0),
    (-40.0, 250.0),
    high=130.0,
    high_high=145.0,
)
"""Thermal class F (155 degC) with the usual warning and trip below it."""

CURRENT = Signal("current", "current", "A", 2, (0.008, 0.05), (0.18, 0.5), (0.0, 2000.0))
SPEED = Signal("speed", "speed", "rpm", 1, (0.0005, 0.2), (0.08, 0.0), (0.0, 6000.0))
LOAD = Signal("load", "load", "%", 1, (0.0, 0.6), (0.25, 2.0), (0.0, 200.0), high=110.0, high_high=125.0)
VOLTAGE = Signal(
    "voltage",
    "voltage",
    "V",
    1,
    (0.002, 0.0),
    (0.05, 0.0),
    (0.0, 1000.0),
    low_low=340.0,
    low=360.0,
    high=440.0,
    high_high=460.0,
)
"""Zone B of IEC 60034-1 ends 10 % off the rated 400 V."""
FLOW = Signal("flow", "flow", "m3/h", 2, (0.008, 0.05), (0.16, 0.5), (0.0, 5000.0))
FAN_FLOW = Signal("flow", "flow", "m3/h", 0, (0.008, 5.0), (0.16, 20.0), (0.0, 500_000.0))
DISCHARGE = Signal("discharge-pressure", "pressure", "bar", 3, (0.004, 0.0), (0.16, 0.1), (0.0, 40.0))
SUCTION = Signal(
    "suction-pressure", "pressure", "bar", 3, (0.004, 0.002), (0.0, 0.25), (-1.0, 10.0), low_low=0.15, low=0.3
)
STATIC = Signal("static-pressure", "pressure", "Pa", 0, (0.006, 2.0), (0.16, 20.0), (-5000.0, 20_000.0))

SIGNALS: dict[str, tuple[Signal, ...]] = {
    "pump": (*_flexible(), BEARING, SUCTION, DISCHARGE, FLOW, CURRENT, SPEED, LOAD),
    "motor": (*_rigid(), BEARING, WINDING, CURRENT, VOLTAGE, SPEED, LOAD),
    "fan": (*_flexible(), BEARING, WINDING, STATIC, FAN_FLOW, CURRENT, SPEED, LOAD),
}
"""Signals per class, in the order in which the physics of the class gives its columns."""
