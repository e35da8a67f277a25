"""Does the order of delivery matter? One plant, delivered in many ways, must leave equal event logs."""

import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from msgspec import Struct

from pdm.evaluate.deliveries import Delivery, hourly, in_order, shuffled
from pdm.evaluate.stream import stream
from pdm.evaluate.workers import Crashes, aligned, judged
from pdm.plant.load import parse
from pdm.records.event import DATA, Event
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario

CRASHES = 3
"""Crashes of `align`, and as many of `step`, in each run."""
WAYS = ("shuffled", "hourly")
EventLog = dict[str, list[bytes]]
"""The encoded events of each machine, in the order in which they came into the log."""

_ENCODE = msgspec.msgpack.Encoder().encode


class Order(Struct, frozen=True):
    """What came of delivering plants in other orders; equal means byte by byte, machine by machine.

    runs, equal      : deliveries compared with the one in order, and those with an equal event log
    unequal          : which were not, by seed and way
    seconds          : of each plant
    readings, events : of all plants in order; no_data : events about data among them
    heartbeats       : times that a source told how long a machine was silent, in some of the deliveries
    repeated         : readings delivered twice
    late             : readings that came after their lateness, each in a `late` record of the log
    blocks, restarts : of all deliveries
    took_s           : how long all of it ran
    """

    runs: int
    equal: int
    unequal: tuple[str, ...]
    seeds: int
    machines: int
    seconds: int
    readings: int
    events: int
    no_data: int
    heartbeats: int
    repeated: int
    late: int
    blocks: int
    restarts: int
    took_s: float
    varied: tuple[str, ...] = (
        "order within the lateness of 2 s to 5 min",
        "5 % repeats",
        "hourly batches machine by machine, lateness 1 h",
        "blocks of 1 to 40,000 readings",
        "topics up to 8 blocks apart at each turn",
        "align and step crashed and restored, with repeats of what was not acknowledged",
        "copies with other values after the lateness",
        "heartbeats of machines that are silent, or none",
    )


class _Seed(Struct, frozen=True):
    """What one plant came to."""

    unequal: tuple[str, ...]
    readings: int
    events: int
    no_data: int
    heartbeats: int
    repeated: int
    late: int
    blocks: int


def order(seeds: Sequence[int], machines: int, seconds: int, progress: Callable[[str], None]) -> Order:
    """Deliver a plant for each seed in order, then in other ways, and compare the events.

    progress : called with a line of text after each seed
    """
    began, found = time.monotonic(), list[_Seed]()
    for seed in seeds:
        found.append(_one(Scenario(machines, seed, seconds)))
        told = ", ".join(found[-1].unequal) or "equal"
        progress(f"seed {seed}: {found[-1].events} events, {told}; {time.monotonic() - began:.0f} s so far")
    runs, unequal = len(found) * len(WAYS), tuple(way for one in found for way in one.unequal)
    return Order(
        runs=runs,
        equal=runs - len(unequal),
        unequal=unequal,
        seeds=len(found),
        machines=machines,
        seconds=seconds,
        readings=sum(one.readings for one in found),
        events=sum(one.events for one in found),
        no_data=sum(one.no_data for one in found),
        heartbeats=sum(one.heartbeats for one in found),
        repeated=sum(one.repeated for one in found),
        late=sum(one.late for one in found),
        blocks=sum(one.blocks for one in found),
        restarts=2 * CRASHES * runs,
        took_s=round(time.monotonic() - began, 1),
    )


def _one(scenario: Scenario) -> _Seed:
    """Compare the deliveries of one plant."""
    plant, rng = parse(plant_file(scenario), "the simulated plant"), np.random.default_rng(scenario.seed)
    simulated = stream(scenario)
    events = judged(aligned(plant, in_order(simulated, plant.frame_ns).queues).log)
    straight = event_log(events)
    ways: dict[str, Delivery] = {
        "shuffled": shuffled(simulated, plant.frame_ns, rng),
        "hourly": hourly(simulated, plant.frame_ns, rng),
    }
    unequal, late = list[str](), 0
    for way, delivery in ways.items():
        written = aligned(plant, delivery.queues, Crashes(CRASHES, rng))
        late += written.late
        if event_log(judged(written.log, Crashes(CRASHES, rng))) != straight:
            unequal.append(f"seed {scenario.seed} {way}")
    return _Seed(
        tuple(unequal),
        readings=len(simulated.columns),
        events=sum(map(len, straight.values())),
        no_data=sum(event.subject == DATA for event in events),
        heartbeats=sum(delivery.heartbeats for delivery in ways.values()),
        repeated=sum(delivery.repeated for delivery in ways.values()),
        late=late,
        blocks=sum(len(queue) for delivery in ways.values() for queue in delivery.queues),
    )


def event_log(events: Sequence[Event]) -> EventLog:
    """Encode events machine by machine; a revision that a crash repeated with equal bytes counts once."""
    known: dict[tuple[str, int], bytes] = {}
    found: EventLog = {}
    for event in events:
        written, key = _ENCODE(event), (event.id, event.revision)
        if known.get(key) != written:
            found.setdefault(event.asset, []).append(written)
        known.setdefault(key, written)
    return found
