"""Delivered in any order that a source may promise, a plant leaves the event log it leaves in order."""

from msgspec import structs

from pdm.evaluate.deliveries import in_order
from pdm.evaluate.order import event_log, order
from pdm.evaluate.stream import stream
from pdm.evaluate.workers import aligned, judged
from pdm.plant.load import parse
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario


def test_a_small_plant_leaves_equal_events_however_it_is_delivered() -> None:
    """Shuffled, repeated, batched, cut anywhere, with workers crashed: not a byte of an event differs."""
    found = order(range(40, 42), machines=5, seconds=900, progress=lambda _line: None)
    assert (found.runs, found.equal, found.unequal) == (4, 4, ())
    assert found.events > 0
    assert found.repeated > 0
    assert found.late > 0


def test_three_plants_of_two_hours_leave_equal_events() -> None:
    """Twenty machines for two hours, three seeds, as a promise that is kept with every change."""
    told: list[str] = []
    found = order(range(1, 4), machines=20, seconds=7200, progress=told.append)
    assert (found.runs, found.equal) == (6, 6)
    assert len(told) == 3
    assert found.events > 100
    assert found.no_data > 0
    assert found.heartbeats > 0


def test_a_delivery_that_loses_something_is_told_from_one_that_does_not() -> None:
    """The comparison can fail: without the temperatures of the second half the events are others."""
    scenario = Scenario(machines=5, seed=41, duration_s=900)
    plant, simulated = parse(plant_file(scenario), "plant"), stream(scenario)
    queues = in_order(simulated, plant.frame_ns).queues
    whole = event_log(judged(aligned(plant, queues).log))
    half = simulated.columns.rows(slice(0, len(simulated.columns) // 2))
    part = in_order(simulated._replace(columns=half), plant.frame_ns).queues
    assert event_log(judged(aligned(plant, queues).log)) == whole
    assert event_log(judged(aligned(plant, part).log)) != whole


def test_a_revision_that_is_repeated_with_other_bytes_counts() -> None:
    """What a crash sends again must be what was sent first; anything else is in the log beside it."""
    scenario = Scenario(machines=5, seed=41, duration_s=900)
    plant, simulated = parse(plant_file(scenario), "plant"), stream(scenario)
    events = judged(aligned(plant, in_order(simulated, plant.frame_ns).queues).log)
    again = [*events, events[0]]
    assert event_log(again) == event_log(events)
    changed = [*events, structs.replace(events[0], score=events[0].score + 1.0)]
    assert event_log(changed) != event_log(events)
