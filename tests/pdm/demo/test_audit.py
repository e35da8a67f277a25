"""The audit counts each reading of the log once, and judges it as the monitor does."""

import msgspec
import numpy as np
import pytest

from pdm.demo.audit import replay
from pdm.plant.load import parse
from pdm.records.block import Channel
from pdm.records.log import Frames, PlantChange, Seat

TOML = """\
[[machines]]
asset = "p"
[machines.channels.flow]
quantity = "flow"
unit = "m3/s"
limits = { high = 5.0 }
"""
CHANNELS = msgspec.Raw(msgspec.msgpack.encode([Channel("flow", "flow", "m3/s")]))


def frames(first: int, values: list[float], run: str = "") -> bytes:
    """Encode frames of machine p from second `first` on."""
    n = len(values)
    record = Frames(
        channels=CHANNELS,
        seats=msgspec.Raw(msgspec.msgpack.encode([Seat(run, "p")])),
        seat=bytes(4 * n),
        time=(np.arange(first, first + n, dtype="<i8") * 1_000_000_000).tobytes(),
        width=np.ones(n, "<u2").tobytes(),
        channel=bytes(2 * n),
        value=np.array(values, "<f8").tobytes(),
        quality=np.full(n, 3, "u1").tobytes(),
        grid_ns=1_000_000_000,
        accepted_ns=0,
    )
    return msgspec.msgpack.encode(record)


def plant() -> bytes:
    """Encode the plant file."""
    return msgspec.msgpack.encode(PlantChange(parse(TOML, "plant.toml").sha256, TOML))


def test_counts_readings_and_finds_the_alarm() -> None:
    """Forty readings, half of them above a limit: all counted, one event, a score a second."""
    found = replay([[(0, plant()), (1, frames(0, [1.0] * 20 + [9.0] * 20))]])
    assert found.readings == 40
    assert [event.asset for event in found.events if event.kind == "raise"] == ["p"]
    assert len(found.courses["p"].time) == 40
    assert found.courses["p"].score[25] > 1.0


def test_what_is_in_the_log_twice_counts_once() -> None:
    """A crash may write frames again: the first version wins, here as in the monitor."""
    log = [(0, plant()), (1, frames(0, [1.0] * 5)), (2, frames(3, [1.0] * 5))]
    found = replay([log])
    assert found.readings == 8
    assert found.courses["p"].time.tolist() == [second * 1_000_000_000 for second in range(8)]


def test_replay_runs_are_left_out() -> None:
    """Another namespace in the same log is not the live plant."""
    found = replay([[(0, plant()), (1, frames(0, [9.0] * 5, run="night"))]])
    assert (found.readings, found.events) == (0, ())


@pytest.mark.parametrize("dead", [0, 3])
def test_passes_on_the_dead_letters(dead: int) -> None:
    """What could not be used is part of the account."""
    assert replay([], dead).dead_letters == dead
