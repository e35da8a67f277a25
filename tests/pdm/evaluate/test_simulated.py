"""A simulated plant through the chain: what each event says about its score."""

from pdm.evaluate.simulated import events_of
from pdm.records.event import MACHINE
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation


def test_shares_of_all_channels_add_up_to_the_score_of_every_event() -> None:
    """Base and shares make the score within 1e-6, and no channel is left out."""
    found = events_of(Simulation(Scenario(machines=12, seed=3, duration_s=1200, fault_share=0.8)))
    events = [event for event in found if event.subject == MACHINE]
    assert len(events) > 5
    for event in events:
        assert abs(event.base + sum(event.shares.values()) - event.score) < 1e-6
        assert set(event.shares) == {signal.name for signal in SIGNALS[event.machine_class]}
        assert set(event.suspects) <= set(event.shares)
