"""Units: what is read, what is refused, what people see."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.errors import RefusedError
from pdm.records.reading import Quantity, Reason
from pdm.units import _UNITS, FITS, SI, display, to_si

KNOWN = [
    ("vibration", "mm/s", 4.5, 0.0045, "m/s"),
    ("vibration", "in/s", 1.0, 0.0254, "m/s"),
    ("vibration", "g", 1.0, 9.80665, "m/s2"),
    ("vibration", "m/s²", 2.0, 2.0, "m/s2"),
    ("vibration", "m/s^2", 2.0, 2.0, "m/s2"),
    ("vibration", "mm/s2", 2.0, 0.002, "m/s2"),
    ("vibration", "µm", 25.0, 25e-6, "m"),
    ("vibration", "um", 25.0, 25e-6, "m"),
    ("temperature", "degC", 20.0, 293.15, "K"),
    ("temperature", "°C", 20.0, 293.15, "K"),
    ("temperature", "C", -273.15, 0.0, "K"),
    ("temperature", "°F", 212.0, 373.15, "K"),
    ("temperature", "F", 32.0, 273.15, "K"),
    ("temperature", "K", 300.0, 300.0, "K"),
    ("pressure", "bar", 2.5, 250_000.0, "Pa"),
    ("pressure", "mbar", 1.0, 100.0, "Pa"),
    ("pressure", "MPa", 1.0, 1e6, "Pa"),
    ("pressure", "psi", 1.0, 6894.757293168361, "Pa"),
    ("flow", "l/min", 60.0, 0.001, "m3/s"),
    ("flow", "L/min", 60.0, 0.001, "m3/s"),
    ("flow", "m³/h", 3600.0, 1.0, "m3/s"),
    ("flow", "gpm", 1.0, 6.30901964e-5, "m3/s"),
    ("speed", "rpm", 1500.0, 25.0, "Hz"),
    ("speed", "RPM", 1500.0, 25.0, "Hz"),
    ("speed", "1/min", 60.0, 1.0, "Hz"),
    ("speed", "rad/s", 2 * math.pi, 1.0, "Hz"),
    ("load", "%", 80.0, 0.8, "1"),
    ("load", "1", 0.8, 0.8, "1"),
    ("current", "mA", 20.0, 0.02, "A"),
    ("voltage", "kV", 0.4, 400.0, "V"),
    ("power", "kW", 7.5, 7500.0, "W"),
    ("torque", "N·m", 12.0, 12.0, "N.m"),
    ("torque", "Nm", 12.0, 12.0, "N.m"),
    ("level", "mm", 500.0, 0.5, "m"),
    ("position", "deg", 180.0, math.pi, "rad"),
    ("process", "kg/h", 3600.0, 1.0, "kg/s"),
    ("process", "", 3.0, 3.0, "1"),
]


@pytest.mark.parametrize(("quantity", "unit", "given_value", "si_value", "si_unit"), KNOWN)
def test_a_known_unit_becomes_si(
    quantity: str, unit: str, given_value: float, si_value: float, si_unit: str
) -> None:
    """Each spelling that integrators use is converted as the definition of the unit says."""
    found, scale, offset = to_si(quantity, unit)
    assert found == si_unit
    assert given_value * scale + offset == pytest.approx(si_value, abs=1e-9)


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [("vibration", "bar"), ("temperature", "mm/s"), ("speed", "m/s"), ("pressure", "mpa"), ("power", "mw"),
     ("flow", "furlong"), ("load", "x" * 1000), ("humidity", "%"), ("vibration", "")],
)  # fmt: skip
def test_an_unknown_or_unfitting_unit_is_refused(quantity: str, unit: str) -> None:
    """A unit that is not known, measures something else, or could mean two things is not guessed."""
    with pytest.raises(RefusedError) as refused:
        to_si(quantity, unit)
    assert refused.value.reason is Reason.UNKNOWN_UNIT
    assert len(refused.value.detail) < 120


def test_every_quantity_has_its_units_and_every_si_unit_is_its_own() -> None:
    """No quantity is without a unit, and an SI unit converts to itself exactly."""
    assert set(FITS) == set(Quantity)
    for quantity, dimensions in FITS.items():
        for dimension in dimensions:
            assert to_si(quantity, SI[dimension]) == (SI[dimension], 1.0, 0.0)


@given(st.sampled_from([q for q in Quantity if q != "process"]), st.floats(-1e6, 1e6))
def test_people_read_back_what_was_sent_in_their_unit(quantity: str, value: float) -> None:
    """The unit for people converts there and back."""
    for dimension in FITS[quantity]:
        unit, from_si = display(quantity, SI[dimension])
        si_unit, scale, offset = to_si(quantity, unit)
        assert si_unit == SI[dimension]
        assert from_si(value * scale + offset) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("quantity", "si_unit", "unit", "said"),
    [
        ("flow", "m3/s", "m³/h", "m³/h"),
        ("flow", "m3/s", "m3 / h", "m3/h"),
        ("pressure", "Pa", "kPa", "kPa"),
        ("temperature", "K", "degC", "°C"),
        ("temperature", "K", "°F", "°F"),
        ("vibration", "m", "um", "µm"),
        ("level", "m", "in", "inch"),
        ("load", "1", "1", "1"),
        ("vibration", "m/s2", "mm/s", "m/s2"),
        ("pressure", "Pa", "furlong", "bar"),
        ("pressure", "Pa", "", "bar"),
    ],
)
def test_people_see_the_unit_of_their_plant(quantity: str, si_unit: str, unit: str, said: str) -> None:
    """As the plant file writes it; where it measures something else, or is none, the usual one."""
    assert display(quantity, si_unit, unit)[0] == said


@given(st.sampled_from(sorted(_UNITS)), st.floats(-1e6, 1e6))
def test_what_was_sent_in_any_unit_is_read_back_in_it(unit: str, value: float) -> None:
    """A plant's own unit converts there and back, and is understood however it is written for people."""
    si_unit, scale, offset = to_si("process", unit)
    said, from_si = display("process", si_unit, unit)
    assert from_si(value * scale + offset) == pytest.approx(value, rel=1e-9, abs=1e-6)
    assert to_si("process", said) == (si_unit, scale, offset)


@pytest.mark.parametrize(
    ("quantity", "si_unit", "unit"),
    [
        ("vibration", "m/s", "mm/s"),
        ("temperature", "K", "°C"),
        ("pressure", "Pa", "bar"),
        ("flow", "m3/s", "l/min"),
        ("speed", "Hz", "rpm"),
        ("load", "1", "%"),
        ("process", "1", "1"),
        ("process", "unheard-of", "unheard-of"),
    ],
)
def test_people_see_the_unit_they_use(quantity: str, si_unit: str, unit: str) -> None:
    """Operators see mm/s, °C, bar, l/min, rpm and %."""
    assert display(quantity, si_unit)[0] == unit
