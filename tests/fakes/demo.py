"""Events, advice and whole results of a demo that never ran."""

import numpy as np

from pdm.demo.audit import Course
from pdm.demo.result import Result, Scorecard, newest_advice
from pdm.demo.score import judge
from pdm.instant import NS, rfc3339
from pdm.records.advice import Action, Advice, Hypothesis, Urgency
from pdm.records.event import Event, Evidence, Kind, Severity
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.simulator.truth import Nature

START_NS = Scenario().start_ns


def event(asset: str, raised: int, time: int | None = None, revision: int = 1, kind: str = "raise") -> Event:
    """Give one revision of an alarm; times in seconds since the start of the scenario."""
    return Event(
        id=f"{asset}-{raised}",
        revision=revision,
        asset=asset,
        machine_class="pump",
        kind=Kind(kind),
        cause="drift",
        severity=Severity.WARNING,
        time=rfc3339(START_NS + (raised if time is None else time) * NS),
        raised=rfc3339(START_NS + raised * NS),
        score=1.2,
        peak=1.2,
        evidence=(Evidence("flow", "flow", "m3/s", "drift", 1.2, 0.01, 0.02),),
    )


def advice_on(about: Event, text: str = "Look at it.", modes: tuple[str, ...] = ("leak",)) -> Advice:
    """Give advice on an event."""
    return Advice(
        id=f"advice-{about.id}",
        revision=1,
        event=about.id,
        event_revision=about.revision,
        asset=about.asset,
        time=about.time,
        source="draft",
        urgency=Urgency.SOON,
        text=text,
        facts=(),
        hypotheses=tuple(Hypothesis(mode, mode.capitalize(), 0.5) for mode in modes),
        actions=(Action("inspect", "Inspect the machine.", "operator", 15),),
    )


def result(machines: int = 10, *, missed: int = 0, false: int = 0, text: str = "Look at it.") -> Result:
    """Give the result of a demo: all faults found but for so many missed, and so many false alarms."""
    simulation = Simulation(Scenario(machines=machines, duration_s=900))
    faults = [truth for truth in simulation.truths if truth.nature is Nature.MACHINE][missed:]
    ill = {truth.asset for truth in simulation.truths}
    healthy = [plate.asset for plate in simulation.plates if plate.asset not in ill]
    events = [event(truth.asset, raised=truth.onset + 60) for truth in faults]
    events += [event(asset, raised=400) for asset in healthy[:false]]
    outcome = judge(simulation.truths, events, START_NS)
    pairs = zip(events, faults, strict=False)
    advice = newest_advice([advice_on(one, text, (fault.fault,)) for one, fault in pairs])
    time = START_NS + np.arange(900, dtype=np.int64) * NS
    courses = {plate.asset: Course(time, np.linspace(0.0, 6.0, 900)) for plate in simulation.plates}
    figures = card(simulation, outcome.detected, len(outcome.false))
    return Result(figures, simulation, outcome, advice, courses)


def card(simulation: Simulation, detected: int = 4, false_alarms: int = 0) -> Scorecard:
    """Give a scorecard."""
    natures = [truth.nature for truth in simulation.truths]
    return Scorecard(
        machines=len(simulation.plates),
        readings=simulation.readings,
        readings_per_s=12_345.6,
        faults=natures.count(Nature.MACHINE),
        detected=detected,
        false_alarms=false_alarms,
        median_delay_s=12.0 if detected else None,
        first_event_s=9.5 if detected else None,
        advice=detected,
        dead_letters=0,
        lost=0,
        duplicate_rows=0,
        rejected=0,
        sensor_faults=natures.count(Nature.SENSOR),
        named=detected,
        named_first=detected,
        replayed=True,
        times_real_time=60.0,
        seed=1,
    )
