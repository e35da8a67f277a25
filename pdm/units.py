"""Units: what integrators write becomes SI once, at the door; people read it back in the unit they use."""

import math
from collections.abc import Callable
from functools import lru_cache

from pdm.errors import RefusedError
from pdm.records.reading import Quantity, Reason

SI = {
    "velocity": "m/s",
    "acceleration": "m/s2",
    "length": "m",
    "temperature": "K",
    "pressure": "Pa",
    "flow": "m3/s",
    "frequency": "Hz",
    "fraction": "1",
    "current": "A",
    "voltage": "V",
    "power": "W",
    "torque": "N.m",
    "angle": "rad",
    "mass": "kg",
    "mass flow": "kg/s",
    "force": "N",
    "energy": "J",
    "duration": "s",
    "volume": "m3",
    "density": "kg/m3",
    "resistance": "Ohm",
}
"""Dimension -> its SI unit."""

FITS: dict[str, tuple[str, ...]] = {
    Quantity.VIBRATION: ("velocity", "acceleration", "length"),
    Quantity.TEMPERATURE: ("temperature",),
    Quantity.PRESSURE: ("pressure",),
    Quantity.FLOW: ("flow",),
    Quantity.SPEED: ("frequency",),
    Quantity.LOAD: ("fraction",),
    Quantity.CURRENT: ("current",),
    Quantity.VOLTAGE: ("voltage",),
    Quantity.POWER: ("power",),
    Quantity.TORQUE: ("torque",),
    Quantity.LEVEL: ("length", "fraction"),
    Quantity.POSITION: ("length", "fraction", "angle"),
    Quantity.PROCESS: tuple(SI),
}
"""Quantity -> the dimensions it may be given in."""

LONGEST = 32
"""No unit is longer than this; what is longer is not looked at."""

_INCH, _POUND, _GALLON, _G = 0.0254, 0.45359237, 3.785411784e-3, 9.80665
_RANKINE = 5.0 / 9.0

_TABLE: dict[str, dict[str, float]] = {
    "velocity": {
        "m/s": 1, "mm/s": 1e-3, "cm/s": 1e-2, "um/s": 1e-6, "in/s": _INCH, "ips": _INCH, "km/h": 1 / 3.6,
    },
    "acceleration": {
        "m/s2": 1, "m/s/s": 1, "mm/s2": 1e-3, "cm/s2": 1e-2, "g": _G, "mg": _G * 1e-3, "in/s2": _INCH,
    },
    "length": {
        "m": 1, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9, "in": _INCH, "inch": _INCH,
        "mil": _INCH * 1e-3, "ft": 0.3048,
    },
    "pressure": {
        "Pa": 1, "hPa": 1e2, "kPa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 1e2, "psi": _POUND * _G / _INCH**2,
        "atm": 101325, "Torr": 101325 / 760, "mmHg": 133.322387415, "inHg": 3386.388640341, "mmH2O": _G,
        "inH2O": 249.08891, "kgf/cm2": _G * 1e4, "N/m2": 1, "N/mm2": 1e6,
    },
    "flow": {
        "m3/s": 1, "m3/min": 1 / 60, "m3/h": 1 / 3600, "l/s": 1e-3, "l/min": 1e-3 / 60, "l/h": 1e-3 / 3600,
        "lpm": 1e-3 / 60, "ml/min": 1e-6 / 60, "gpm": _GALLON / 60, "gal/min": _GALLON / 60,
        "cfm": 0.3048**3 / 60, "ft3/min": 0.3048**3 / 60,
    },
    "frequency": {
        "Hz": 1, "kHz": 1e3, "1/s": 1, "rev/s": 1, "rps": 1, "rpm": 1 / 60, "1/min": 1 / 60,
        "rev/min": 1 / 60, "r/min": 1 / 60, "min-1": 1 / 60, "U/min": 1 / 60, "s-1": 1, "cpm": 1 / 60,
        "rad/s": 0.5 / math.pi,
    },
    "fraction": {"1": 1, "": 1, "%": 1e-2, "percent": 1e-2, "pct": 1e-2, "ratio": 1, "pu": 1, "ppm": 1e-6},
    "current": {"A": 1, "mA": 1e-3, "uA": 1e-6, "kA": 1e3, "Amp": 1, "amps": 1},
    "voltage": {"V": 1, "mV": 1e-3, "uV": 1e-6, "kV": 1e3, "volt": 1, "volts": 1},
    "power": {"W": 1, "mW": 1e-3, "kW": 1e3, "MW": 1e6, "hp": 745.6998715822702, "PS": 735.49875, "watt": 1},
    "torque": {
        "N.m": 1, "Nm": 1, "kN.m": 1e3, "kNm": 1e3, "mN.m": 1e-3, "mNm": 1e-3, "lbf.ft": _POUND * _G * 0.3048,
    },
    "angle": {"rad": 1, "deg": math.pi / 180, "mrad": 1e-3},
    "mass": {"kg": 1, "t": 1e3, "lb": _POUND},
    "mass flow": {"kg/s": 1, "kg/min": 1 / 60, "kg/h": 1 / 3600, "t/h": 1e3 / 3600},
    "force": {"N": 1, "kN": 1e3, "mN": 1e-3, "lbf": _POUND * _G},
    "energy": {"J": 1, "kJ": 1e3, "MJ": 1e6, "Wh": 3600, "kWh": 3.6e6},
    "duration": {"s": 1, "ms": 1e-3, "us": 1e-6, "min": 60, "h": 3600},
    "volume": {"m3": 1, "l": 1e-3, "ml": 1e-6, "gal": _GALLON},
    "density": {"kg/m3": 1, "g/cm3": 1e3, "kg/l": 1e3},
    "resistance": {"Ohm": 1, "mOhm": 1e-3, "kOhm": 1e3, "MOhm": 1e6},
}  # fmt: skip
_TEMPERATURE = {
    "K": (1.0, 0.0), "kelvin": (1.0, 0.0),
    "degC": (1.0, 273.15), "C": (1.0, 273.15), "celsius": (1.0, 273.15),
    "degF": (_RANKINE, 459.67 * _RANKINE), "F": (_RANKINE, 459.67 * _RANKINE),
    "fahrenheit": (_RANKINE, 459.67 * _RANKINE),
    "degR": (_RANKINE, 0.0),
}  # fmt: skip

_ANY_CASE = (
    "rpm", "rps", "psi", "bar", "mbar", "hz", "khz", "kpa", "hpa", "kw", "kv", "ka", "hp", "gpm", "cfm",
    "lpm", "ips", "mm/s", "in/s", "l/min", "l/s", "l/h", "m3/h", "m3/s", "m3/min", "1/min", "percent",
    "kelvin", "celsius", "fahrenheit", "degc", "degf", "n.m", "volt", "volts", "amp", "amps", "watt",
    "ohm", "kg", "kg/s", "kg/h",
)  # fmt: skip
"""Units that mean one thing in whatever case; `mW` and `MW`, `mPa` and `MPa` do not, and are not guessed."""

_SPELLINGS = str.maketrans(
    {
        "²": "2", "³": "3", "⁻": "-", "¹": "1", "^": None, " ": None,
        "µ": "u", "\u03bc": "u", "·": ".", "⋅": ".", "*": ".",
        "°": "deg", "º": "deg", "\u2103": "degC", "\u2109": "degF",
        "Ω": "Ohm", "\u2126": "Ohm", "\u2113": "l", "L": "l",
    }
)  # fmt: skip


def to_si(quantity: str, unit: str) -> tuple[str, float, float]:
    """Say how a value of `quantity` in `unit` becomes SI: value * scale + offset.

    returns (SI unit, scale, offset)
    raises RefusedError with reason unknown_unit where the unit is not known or does not fit the quantity
    """
    known = _UNITS.get(spelt(unit)) if len(unit) <= LONGEST else None
    if known is None:
        raise RefusedError(Reason.UNKNOWN_UNIT, f"unit {unit[:LONGEST]!r} is not known")
    dimension, scale, offset = known
    if dimension not in FITS.get(quantity, ()):
        raise RefusedError(Reason.UNKNOWN_UNIT, f"unit {unit!r} does not fit {quantity[:LONGEST]}")
    return SI[dimension], scale, offset


@lru_cache(maxsize=1_000)
def quantities_of(unit: str) -> tuple[str, ...]:
    """List the quantities that a unit may measure; `process`, which takes any, only where no other does."""
    known = _UNITS.get(spelt(unit)) if len(unit) <= LONGEST else None
    if known is None:
        return ()
    fitting = [quantity for quantity, dimensions in FITS.items() if known[0] in dimensions]
    return tuple(str(q) for q in fitting if q != Quantity.PROCESS) or (str(Quantity.PROCESS),)


def spelt(unit: str) -> str:
    """Write a unit as the table does: no powers in superscript, no degree sign, no spaces."""
    plain = unit.translate(_SPELLINGS)
    return plain if plain in _UNITS else _FOLDED.get(plain.casefold(), plain)


def display(quantity: str, si_unit: str, unit: str = "") -> tuple[str, Callable[[float], float]]:
    """Name the unit people use for an SI unit, and the function that takes an SI value to it.

    unit : the one the plant speaks of the channel in; where it says none, or one that does not
           measure this, it is the usual one
    """
    known = _UNITS.get(spelt(unit)) if 0 < len(unit) <= LONGEST else None
    if known is not None and SI[known[0]] == si_unit:
        _, scale, offset = known
        return _written(unit), lambda value: (value - offset) / scale
    return _usual(quantity, si_unit)


def _usual(quantity: str, si_unit: str) -> tuple[str, Callable[[float], float]]:
    """Name the unit people use where the plant says none."""
    if si_unit == "K":
        return "°C", lambda value: value - 273.15
    unit, factor = _SHOWN.get((quantity, si_unit)) or _SHOWN.get(("", si_unit)) or (si_unit, 1.0)
    return unit, lambda value: value * factor


def _written(unit: str) -> str:
    """Write a unit as the plant does, with the signs people expect and without a space in it."""
    plain = unit.replace(" ", "")
    return _SIGNS.get(spelt(plain), plain)


_SIGNS = {
    "degC": "°C", "C": "°C", "celsius": "°C", "degF": "°F", "F": "°F", "fahrenheit": "°F", "degR": "°R",
    "kelvin": "K", "in": "inch", "percent": "%", "pct": "%", "deg": "°", "um": "µm",
    "um/s": "µm/s", "uA": "µA", "uV": "µV",
}  # fmt: skip
"""Spelling -> how it is written for people."""


_SHOWN: dict[tuple[str, str], tuple[str, float]] = {
    (Quantity.VIBRATION, "m/s"): ("mm/s", 1e3),
    (Quantity.VIBRATION, "m"): ("µm", 1e6),
    (Quantity.POSITION, "m"): ("mm", 1e3),
    (Quantity.POSITION, "rad"): ("°", 180 / math.pi),
    (Quantity.SPEED, "Hz"): ("rpm", 60.0),
    (Quantity.LOAD, "1"): ("%", 100.0),
    (Quantity.LEVEL, "1"): ("%", 100.0),
    (Quantity.POSITION, "1"): ("%", 100.0),
    ("", "Pa"): ("bar", 1e-5),
    ("", "m3/s"): ("l/min", 60_000.0),
    ("", "W"): ("kW", 1e-3),
}


def _table() -> dict[str, tuple[str, float, float]]:
    """Spelling -> (dimension, scale, offset), with litres under a small l."""
    units = {
        unit.replace("L", "l"): (dimension, float(scale), 0.0)
        for dimension, scales in _TABLE.items()
        for unit, scale in scales.items()
    }
    return units | {unit: ("temperature", *rule) for unit, rule in _TEMPERATURE.items()}


_UNITS = _table()
_FOLDED = {unit.casefold(): unit for unit in _UNITS if unit.casefold() in _ANY_CASE}
