"""One seed of planted sensor faults: on healthy machines, and beside machine faults."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pdm.evaluate.delivery import Heard, events_of
from pdm.instant import NS, nanoseconds
from pdm.records.event import MACHINE, Event, Kind
from pdm.records.sensor import SensorFault
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.crew import Crew
from pdm.simulator.faults import plan
from pdm.simulator.fleet import Nameplate, fleet
from pdm.simulator.instruments import Instruments
from pdm.simulator.lag import Array
from pdm.simulator.lies import possible, tell
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.truth import Nature, Truth
from pdm.simulator.visibility import observe

FAULTS = tuple(SensorFault)
DURATION_S = 2400
EARLIEST_S, LATEST_S = 700, 1000
"""Between these a sensor of a healthy machine begins to lie."""
SOONEST_S = 240
"""Before a machine gets ill, its sensor has begun to lie, but not before it was known."""
ILL_SHARE = 3
"""One machine with a fault of its own to so many healthy ones."""


class Lie(Struct, frozen=True):
    """A planted sensor fault; `onset` in s since the start."""

    asset: str
    machine_class: str
    channel: str
    fault: SensorFault
    onset: int


class Lied(Struct, frozen=True):
    """What was said of one lie.

    right          : just one thing was said of the sensors of this machine from the onset on: this
    called         : what was said instead, or besides; "" for nothing
    before         : verdicts before the onset
    delay_s        : from the onset to the verdict, NaN where it was not right
    machine_alarms : of its machine, from the onset on
    """

    lie: Lie
    right: bool
    called: str
    before: int
    delay_s: float
    machine_alarms: int


class Trial(Struct, frozen=True):
    """What came of one seed; delays in s since a machine fault could be seen, NaN where it was not found.

    blinded : whether the clock of a sensor of that machine ran ahead
    """

    lied: list[Lied]
    alarms_without: int
    delays_without: Array
    delays_with: Array
    blinded: NDArray[np.bool_]


def trial(seed: int, each: int, progress: Callable[[str], None]) -> Trial:
    """Run a plant of healthy machines and one of ill ones, each with and without lying sensors."""
    healthy = Scenario(each * len(FAULTS), seed, DURATION_S, sensor_share=0.0)
    rng = healthy.draws("lies")
    heard = _hear(healthy, ())
    lies = [_lie(plate, heard, FAULTS[i % len(FAULTS)], rng) for i, plate in enumerate(fleet(healthy))]
    told = _run(healthy, _believe(heard, lies, rng), f"seed {seed}, healthy with lies", progress)
    truthful = _run(healthy, heard, f"seed {seed}, healthy without", progress)
    after = {lie.asset: _time(healthy, lie.onset) for lie in lies}
    found = _beside(seed, each, progress)
    return Trial(
        lied=[_judge(healthy, lie, told) for lie in lies],
        alarms_without=len([e for e in _alarms(truthful) if nanoseconds(e.time) >= after[e.asset]]),
        delays_without=found[0],
        delays_with=found[1],
        blinded=found[2],
    )


def _beside(seed: int, each: int, progress: Callable[[str], None]) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Run ill machines without and with lying sensors; returns the delays of both, and who was blinded."""
    machines = each * len(FAULTS) // ILL_SHARE
    ill = Scenario(machines, seed, DURATION_S, fault_share=1.0, sensor_share=0.0, early=0)
    truths = [truth for truth in observe(ill, plan(ill)) if truth.nature is Nature.MACHINE]
    rng, heard = ill.draws("lies"), _hear(ill, truths)
    plates = {plate.asset: plate for plate in fleet(ill)}
    lies = [
        _lie(plates[t.asset], heard, FAULTS[i % len(FAULTS)], rng, (SOONEST_S, t.onset))
        for i, t in enumerate(truths)
    ]
    seen, believed = [truth for truth in truths if truth.visible is not None], _believe(heard, lies, rng)
    runs = (
        _run(ill, heard, f"seed {seed}, ill without lies", progress),
        _run(ill, believed, f"seed {seed}, ill with lies", progress),
    )
    ahead = {
        asset
        for one in believed.values()
        for asset, most in zip(one.assets, one.shift.max(axis=(0, 2)), strict=True)
        if most > 0
    }
    without, beside = (np.array([_delay(ill, truth, events) for truth in seen]) for events in runs)
    return without, beside, np.array([truth.asset in ahead for truth in seen])


def _hear(scenario: Scenario, truths: Sequence[Truth]) -> dict[str, Heard]:
    """Give what all sensors should say."""
    heard = {}
    for name in CLASSES:
        crew = Crew(scenario, name, truths)
        panel = Instruments(scenario.draws("instruments", name), SIGNALS[name], ())
        values = panel.read(crew.advance(scenario.duration_s))
        heard[name] = Heard(tuple(crew.rows), values, np.zeros(values.shape, np.int64))
    return heard


def _lie(
    plate: Nameplate,
    heard: Mapping[str, Heard],
    fault: SensorFault,
    rng: np.random.Generator,
    between: tuple[int, int] = (EARLIEST_S, LATEST_S),
) -> Lie:
    """Draw which sensor of a machine lies, and since when."""
    onset, name = int(rng.integers(*between)), plate.machine_class
    signals, one = SIGNALS[name], heard[name]
    said = one.values[onset:, one.assets.index(plate.asset)]
    able = [signal.name for c, signal in enumerate(signals) if possible(fault, signal, said[:, c])]
    return Lie(plate.asset, name, able[int(rng.integers(len(able)))], fault, onset)


def _believe(heard: Mapping[str, Heard], lies: Sequence[Lie], rng: np.random.Generator) -> dict[str, Heard]:
    """Give what is heard where some sensors lie."""
    out = {
        name: msgspec.structs.replace(one, values=one.values.copy(), shift=one.shift.copy())
        for name, one in heard.items()
    }
    for lie in lies:
        one, signals = out[lie.machine_class], SIGNALS[lie.machine_class]
        row, column = one.assets.index(lie.asset), [signal.name for signal in signals].index(lie.channel)
        told = tell(lie.fault, signals[column], one.values[:, row, column], lie.onset, rng)
        one.values[:, row, column], one.shift[:, row, column] = told.values, told.shift
    return out


def _run(
    scenario: Scenario, heard: Mapping[str, Heard], name: str, progress: Callable[[str], None]
) -> list[Event]:
    return [
        event
        for event in events_of(scenario, heard, lambda line: progress(f"{name}: {line}"))
        if event.kind is Kind.RAISE
    ]


def _judge(scenario: Scenario, lie: Lie, events: Sequence[Event]) -> Lied:
    """Compare what was said of a machine with what was planted."""
    own, onset = [e for e in events if e.asset == lie.asset], _time(scenario, lie.onset)
    after = [e for e in own if nanoseconds(e.time) >= onset and e.subject == "sensor"]
    said = [(e.channel, e.cause) for e in after]
    right = set(said) == {(lie.channel, lie.fault.value)}
    wrong = sorted({cause if channel == lie.channel else f"{cause} elsewhere" for channel, cause in said})
    return Lied(
        lie=lie,
        right=right,
        called="" if right else ", ".join(wrong),
        before=len([e for e in own if nanoseconds(e.time) < onset and e.subject == "sensor"]),
        delay_s=(nanoseconds(after[0].time) - onset) / NS if right else float("nan"),
        machine_alarms=len([e for e in _alarms(own) if nanoseconds(e.time) >= onset]),
    )


def _delay(scenario: Scenario, truth: Truth, events: Sequence[Event]) -> float:
    """Return how long after it could be seen a machine fault was found; NaN where it was not."""
    begin, end = _time(scenario, truth.onset), _time(scenario, truth.end)
    found = [nanoseconds(e.time) for e in _alarms(events) if e.asset == truth.asset]
    within = [time for time in found if begin <= time <= end]
    return (within[0] - _time(scenario, truth.visible or 0)) / NS if within else float("nan")


def _alarms(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.subject == MACHINE]


def _time(scenario: Scenario, second: int) -> int:
    return scenario.start_ns + second * NS
