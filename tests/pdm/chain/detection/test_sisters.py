"""What sisters have shown of a new machine: how far a channel wanders, and how soon it is judged."""

import numpy as np
import pytest
from logs import PLANT, log, plant_change, rows

from models.pace import pace
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.sisters import STEADY, before_it
from pdm.chain.standing import standing
from pdm.chain.step import step
from pdm.plant.load import parse
from pdm.plant.spec import Allowance
from pdm.records.block import Channel
from pdm.records.event import Event, Kind
from pdm.records.log import Seat

SISTERS = """
[classes.pump.sisters]
machines = ["a", "b"]
[classes.pump.sisters.channels.de-velocity]
relative = 0.005
[classes.pump.sisters.channels.current]
absolute = 0.5
[classes.pump.sisters.channels.oil-temperature]
absolute = 0.05
"""
TAUGHT = parse(PLANT + SISTERS, "p")
VELOCITY = Channel("de-velocity", "vibration", "m/s")
SEAT = Seat("", "pump-new", "pump")


@pytest.mark.parametrize(
    ("channel", "allowance", "share", "cells"),
    [
        (VELOCITY, Allowance(relative=0.05), 0.1, 4),
        (VELOCITY, Allowance(relative=0.01), 0.5, 0),
        (VELOCITY, Allowance(absolute=1.0), 0.0, 0),
        (VELOCITY, Allowance(), 0.0, 0),
        (Channel("current", "current", "A"), Allowance(0.01, 5.0), 0.1, 4),
        (Channel("oil-temperature", "temperature", "K"), Allowance(absolute=0.5), 0.1, 0),
        (Channel("flow", "flow", "m3/s"), Allowance(relative=0.05), 0.0, 0),
    ],
)
def test_a_steady_channel_is_judged_after_fewer_cells(
    channel: Channel, allowance: Allowance, share: float, cells: int
) -> None:
    """One that wanders far is not, nor one that warms up, nor one whose allowance is of another kind."""
    assert STEADY == 0.2
    found = before_it(TAUGHT, SEAT, channel, allowance, pace())
    assert found[0] == pytest.approx(share)
    assert found[1] == cells


def test_a_new_machine_sees_a_fault_in_its_first_minute_and_says_why() -> None:
    """Half a minute and four cells, where it takes a minute and a half by itself; the others still learn."""
    raised: dict[str, list[str]] = {}
    told: dict[str, list[tuple[str, tuple[str, ...], bool, bool]]] = {}
    for name, toml in (("alone", PLANT), ("taught", PLANT + SISTERS)):
        bank, events = Bank(), list[Event]()
        young = rows(machines=1, seconds=120, seed=5, fault_at=60)
        for offset, record in enumerate([plant_change(toml), *log(young, [1])[1:]]):
            events += step(bank, offset, record).events
            if offset == 58:
                (status,) = standing(bank, 9)
                told[name] = [(one.channel, one.sees, one.learning, one.sisters) for one in status.channels]
        raised[name] = [event.cause for event in events if event.kind is Kind.RAISE]
    assert raised["taught"][0] == "drift"
    assert "drift" not in raised["alone"]
    assert told["taught"][1] == ("de-velocity", ("limit", "drift"), False, True)
    assert told["alone"][1] == ("de-velocity", ("limit",), True, False)
    assert told["taught"][2] == ("oil-temperature", (), True, False)


def test_with_its_own_past_the_sisters_fade() -> None:
    """After an hour what they have shown weighs less than a fiftieth."""
    bank = Bank()
    for offset, record in enumerate([plant_change(PLANT + SISTERS), *log(rows(1, 3_600, 5), [900])[1:]]):
        step(bank, offset, record)
    learnt = bank.tables.watch.slots.drift["learnt"][:2]
    assert np.all(bank.params.pace.ready / (learnt + bank.params.pace.ready) < 0.02)
    assert not any(one.sisters for one in standing(bank, 9)[0].channels)
