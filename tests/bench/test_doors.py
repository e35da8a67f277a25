"""A request cut into single readings."""

import json

from bench.doors import singles
from pdm.demo.wire import body, groups
from pdm.simulator.fleet import fleet
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation


def test_each_reading_of_a_request_is_a_message_of_its_machine() -> None:
    """Nothing is left out, the order stays, and the key is the name inside."""
    scenario = Scenario(machines=6, seed=3, duration_s=600)
    (group,) = groups(fleet(scenario), 1)
    content = body(group, next(Simulation(scenario).chunks(5)))
    cut = list(singles(content))
    assert [json.loads(reading) for _, reading in cut] == json.loads(content)
    assert [key.decode() for key, _ in cut] == [json.loads(reading)["asset"] for _, reading in cut]
