"""How often the first suspect of an alarm is the channel that the fault moved first, on simulated plants."""

from collections.abc import Sequence

from msgspec import Struct

from pdm.evaluate.simulated import events_of
from pdm.records.event import Event, Kind
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.simulator.visibility import origins

HELD_OUT = (101, 102, 103, 104)
"""Seeds that the ranking was not chosen on."""


class Causes(Struct, frozen=True):
    """Shares as fractions; faults that no alarm found are left out.

    top_1, top_2       : at the raise, the true channel is the first suspect, or one of the first two
    top_1_last         : at the newest revision of the alarm before its end
    by_fault           : top_1 of each kind of fault
    """

    faults: int
    top_1: float
    top_2: float
    top_1_last: float
    by_fault: dict[str, float]
    seeds: tuple[int, ...]


class _Case(Struct, frozen=True):
    """One fault that was found: its kind, the channel it came from, and the suspects at first and at last."""

    fault: str
    origin: str
    first: tuple[str, ...]
    last: tuple[str, ...]


def causes(seeds: Sequence[int] = HELD_OUT, machines: int = 48, duration_s: int = 1800) -> Causes:
    """Simulate plants in which most machines get a fault, and compare suspects with the truth."""
    cases = [
        case
        for seed in seeds
        for case in _cases(
            Scenario(
                machines=machines,
                seed=seed,
                duration_s=duration_s,
                fault_share=0.9,
                sensor_share=0.0,
                early=0,
            )
        )
    ]
    kinds = sorted({case.fault for case in cases})
    return Causes(
        faults=len(cases),
        top_1=_share([case.origin in case.first[:1] for case in cases]),
        top_2=_share([case.origin in case.first[:2] for case in cases]),
        top_1_last=_share([case.origin in case.last[:1] for case in cases]),
        by_fault={
            kind: _share([c.origin in c.first[:1] for c in cases if c.fault == kind]) for kind in kinds
        },
        seeds=tuple(seeds),
    )


def _cases(scenario: Scenario) -> list[_Case]:
    """Run one plant; only the first alarm of a machine counts."""
    simulation = Simulation(scenario)
    raised: dict[str, Event] = {}
    newest: dict[str, Event] = {}
    for event in events_of(simulation):
        if event.kind is not Kind.CLEAR:
            first = raised.setdefault(event.asset, event)
            if first.id == event.id:
                newest[event.asset] = event
    known = origins(scenario, simulation.truths)
    return [
        _Case(truth.fault, known[truth.asset], raised[truth.asset].suspects, newest[truth.asset].suspects)
        for truth in simulation.truths
        if truth.asset in known and truth.asset in raised
    ]


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else float("nan")
