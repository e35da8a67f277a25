"""The draft: complete advice made by code from an event and the knowledge base, nothing else."""

from datetime import UTC, tzinfo
from uuid import UUID, uuid5

from pdm.chain.advisory.facts import clock, statements
from pdm.chain.advisory.hypotheses import NONE_ID, rank
from pdm.chain.advisory.knowledge import Knowledge
from pdm.chain.advisory.no_data import draft_no_data
from pdm.chain.advisory.sensors import sensor_actions, sensor_hypotheses
from pdm.chain.advisory.urgency import PHRASES, urgency
from pdm.records.advice import Advice, Hypothesis
from pdm.records.event import DATA, SENSOR, Event, Kind

NAMESPACE = UUID("5d0b4d0a-6a0c-5c1c-9a43-2b5f4a6d7c11")
SHOWN_CHANNELS = 3


def draft(event: Event, knowledge: Knowledge, zone: tzinfo = UTC) -> Advice:
    """Return revision 1 of the advice on one revision of an event; the same event, the same advice.

    zone : in which the text tells times
    """
    if event.subject == DATA:
        return draft_no_data(event, knowledge, zone, NAMESPACE)
    about_sensor = event.subject == SENSOR
    hypotheses = sensor_hypotheses(event) if about_sensor else rank(event, knowledge)
    wanted = sensor_actions(event) if about_sensor else _actions(hypotheses[0], knowledge)
    actions = tuple(knowledge.actions[one] for one in wanted)
    level = urgency(event)
    facts = statements(event, zone)
    parts = [_opening(event, zone), *facts[:-1][:SHOWN_CHANNELS], *_diagnosis(hypotheses)]
    sentences = [part if part.endswith((".", "?")) else f"{part}." for part in parts]
    return Advice(
        id=str(uuid5(NAMESPACE, f"{event.id}/{event.revision}")),
        revision=1,
        event=event.id,
        event_revision=event.revision,
        asset=event.asset,
        time=event.time,
        source="draft",
        urgency=level,
        text=" ".join([*sentences, PHRASES[level], *(action.text for action in actions)]),
        facts=facts,
        hypotheses=hypotheses,
        actions=actions,
        run=event.run,
    )


def _opening(event: Event, zone: tzinfo) -> str:
    name = f"{event.asset} ({event.machine_class})" if event.machine_class else event.asset
    if event.kind is Kind.CLEAR:
        return f"{name}: the alarm of {clock(event.raised, zone)} cleared at {clock(event.time, zone)}"
    return f"{name}: {statements(event, zone)[-1]}"


def _diagnosis(hypotheses: tuple[Hypothesis, ...]) -> list[str]:
    """Name the best match and the next, and what would tell them apart."""
    first, *others = hypotheses
    named = [other.title for other in others if other.failure_mode != NONE_ID][:1]
    if first.failure_mode == NONE_ID:
        close = f", the closest is: {named[0]}" if named else ""
        return [f"The evidence matches none of the known failure modes well{close}"]
    also = f", then: {named[0]}" if named else ""
    return [f"Best match: {first.title}{also}", f"Ask or check: {first.check}"]


def _actions(first: Hypothesis, knowledge: Knowledge) -> tuple[str, ...]:
    mode = knowledge.failure_modes.get(first.failure_mode)
    return mode.actions if mode is not None else knowledge.none_actions
