"""What is fitted or set for a machine reaches the kernels, or nothing does."""

import pytest

from pdm.chain.detection.fitted import alarms, patterns
from pdm.plant.load import parse
from pdm.plant.spec import Limits
from pdm.records.log import Seat
from pdm.rules.delays import Deadband, Delays

TOML = """
[plant]
false_alarms_per_day = 1.0
score_tail = { per_day = 2.718281828, step = 0.3 }
[[machines]]
asset = "pump-7"
[machines.pattern]
precisions = [0.5]
beside = 0.2
[machines.pattern.channels.a]
scale = 2.0
loading = [0.6]
[machines.pattern.channels.b]
scale = 1.0
loading = [0.8]
"""
PLANT = parse(TOML, "test.toml")


def test_a_pattern_is_put_where_its_channels_are() -> None:
    """By name, whatever the order; a channel that is not in it is not looked at."""
    params = patterns(PLANT, Seat("", "pump-7"), ["b", "c", "a"])
    assert params["scale"].tolist() == [1.0, 0.0, 2.0]
    assert params["loading"][:, 0].tolist() == [0.8, 0.0, 0.6]
    assert set(params["beside"].tolist()) == {0.2}


def test_a_machine_without_one_of_its_channels_has_no_pattern() -> None:
    """Half a pattern would be another one."""
    assert not patterns(PLANT, Seat("", "pump-7"), ["a", "c"])["beside"].any()
    assert not patterns(PLANT, Seat("", "fan-1"), ["a", "b"])["beside"].any()


def test_a_budget_moves_the_line() -> None:
    """By the measured tail: e times fewer alarms is one step."""
    usual = [(Delays(), Limits())]
    assert alarms(PLANT, Seat("", "pump-7"), usual)["line"][0] == pytest.approx(1.3)


def test_delays_become_frames_and_a_deadband_a_score() -> None:
    """Half way from the warning limit to where the score is 0 is a score of a half; nothing said is 0."""
    held = Limits(high=4.0, high_high=6.0)
    ruled = [(Delays(10**10, 1, Deadband(absolute=1.0)), held), (Delays(deadband=Deadband(0.2)), Limits())]
    params = alarms(PLANT, Seat("", "pump-7"), [*ruled, (Delays(), held)])
    assert params["on"].tolist() == [10, 0, 0]
    assert params["release"].tolist() == [1, 0, 0]
    assert params["calm"].tolist() == pytest.approx([0.5, 0.8, 0.0])
