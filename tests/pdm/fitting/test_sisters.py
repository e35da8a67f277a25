"""Sisters: how far the channels of a class wander, and nothing of anybody's level."""

import numpy as np
import pytest
from simulated_law import slow

from pdm.fitting.sisters import FEWEST, FRAMES, sisters
from pdm.fitting.stretch import Stretch
from pdm.plant.load import parse
from pdm.records.block import Channel

PLANT = parse(
    """
[classes.pump.channels.v]
quantity = "vibration"
unit = "mm/s"
[classes.pump.channels.oil]
quantity = "temperature"
unit = "°C"
allowance = { absolute = 2.0 }
[classes.pump.channels.free]
quantity = "process"
unit = "1"
""",
    "p",
)
CHANNELS = (
    Channel("free", "process", "1"),
    Channel("oil", "temperature", "K"),
    Channel("v", "vibration", "m/s"),
)


def healthy(asset: str, level: float, wander: float, rows: int = 4 * FRAMES, kind: str = "pump") -> Stretch:
    """Record a machine whose vibration wanders by a share of its level, slowly."""
    rng = np.random.default_rng(len(asset) + int(1e6 * level))
    moves = 1.0 + wander * slow(rng, rows, 40.0)[:, 0]
    oil = 330.0 + 0.2 * slow(rng, rows, 60.0)[:, 0]
    return Stretch(asset, kind, CHANNELS, np.column_stack([rng.normal(0.0, 1.0, rows), oil, level * moves]))


def test_the_one_that_wanders_most_counts_whatever_their_levels_are() -> None:
    """As a share of the level where the allowance is one; in kelvin for a temperature."""
    found = sisters(PLANT, [healthy("small", 1e-3, 0.004), healthy("large", 5e-3, 0.01)])["pump"]
    assert found.machines == ("large", "small")
    assert found.wander["v"].relative == pytest.approx(0.01, rel=0.35)
    assert found.wander["v"].absolute == 0.0
    assert 0.1 < found.wander["oil"].absolute < 0.35
    assert "free" not in found.wander, "without an allowance nothing says what wandering means"


def test_one_machine_is_nobodys_sister() -> None:
    """Nor is one that was recorded for too short a time, or one whose class nobody says."""
    assert FEWEST == 2
    long, short = healthy("a", 1e-3, 0.004), healthy("b", 1e-3, 0.004, rows=600)
    assert sisters(PLANT, [long]) == {}
    assert sisters(PLANT, [long, short]) == {}
    assert sisters(PLANT, [long, healthy("c", 1e-3, 0.004, kind="")]) == {}
