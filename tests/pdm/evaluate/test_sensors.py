"""Planted sensor faults through the whole chain: what is said of them, and that no machine alarm comes."""

import msgspec

from pdm.evaluate.sensors import Sensors, sensors


def test_sensor_faults_are_told_and_raise_no_machine_alarm() -> None:
    """A small plant, two faults of each kind; the committed result has fifty of each."""
    said: list[str] = []
    found = sensors([3], said.append, each=2)
    assert found.injections == 14
    assert found.classed_right >= 0.85
    assert found.machine_alarms == 0
    assert found.verdicts_before == 0
    assert set(found.by_fault) == {
        "flatline", "dropout", "spike", "drift", "saturation", "clock_skew", "scale",
    }  # fmt: skip
    assert said
    assert msgspec.json.decode(msgspec.json.encode(found), type=Sensors, strict=False).seeds == (3,)
