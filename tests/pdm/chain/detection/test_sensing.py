"""What a sensor is judged by."""

import numpy as np

from pdm.chain.detection.sensing import ALONE, DOWN, SWAPS, UP, conversions, sensor_param
from pdm.knowledge.shipped import shipped
from pdm.plant.spec import Allowance, ChannelSpec
from pdm.records.block import Channel

MAIN_SYMPTOM = 0.7
DIRECTION = {"up": UP, "down": DOWN}


def test_what_shows_alone_is_what_the_knowledge_base_says() -> None:
    """A quantity that makes most of the picture of a failure mode may move alone, in that direction."""
    found: dict[str, int] = {}
    for mode in shipped().failure_modes.values():
        for symptom in mode.symptoms:
            if symptom.weight >= MAIN_SYMPTOM:
                before = found.get(symptom.quantity, 0)
                found[symptom.quantity] = before | DIRECTION[symptom.direction]
    assert found == ALONE


def test_conversions_are_those_between_units() -> None:
    """Degrees Fahrenheit taken for Celsius, and g taken for m/s2."""
    celsius = [gain * 323.15 + offset - 273.15 for gain, offset in conversions("K")]
    assert np.isclose(celsius, 122.0).any()
    assert np.isclose([gain for gain, _ in conversions("m/s2")], 9.80665).any()
    assert all(gain == 0.0 or abs(np.log2(gain)) >= 1.0 for gain in SWAPS[2, :, 0])


def test_a_sensor_has_the_range_and_the_allowance_of_its_channel() -> None:
    """And none where the plant file says nothing."""
    channel = Channel("de-velocity", "vibration", "m/s")
    spec = ChannelSpec("vibration", "mm/s", valid=(0.0, 0.1))
    declared = sensor_param(channel, spec, Allowance(relative=0.05))[0]
    assert (declared["lowest"], declared["highest"], declared["relative"]) == (0.0, 0.1, 0.05)
    assert declared["alone"] == UP
    assert np.isnan(sensor_param(channel, None, None)[0]["highest"])
