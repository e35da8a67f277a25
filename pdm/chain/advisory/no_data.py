"""Advice where data do not come: nothing is known of the machine, so the way of its data is looked at."""

from datetime import tzinfo
from uuid import UUID, uuid5

from pdm.chain.advisory.facts import clock
from pdm.chain.advisory.knowledge import Knowledge
from pdm.records.advice import Advice, Urgency
from pdm.records.event import Event

ACTION = "check_data_path"
PHRASE = "Check soon: until data come, nobody watches this machine."


def draft_no_data(event: Event, knowledge: Knowledge, zone: tzinfo, namespace: UUID) -> Advice:
    """Return the advice on a machine that delivers nothing: since when, what it means, what to check."""
    name = f"{event.asset} ({event.machine_class})" if event.machine_class else event.asset
    fact = f"{name} has delivered no data since {clock(event.raised, zone)}"
    action = knowledge.actions[ACTION]
    meaning = "This says nothing about the condition of the machine: it may run, stand, or have failed."
    return Advice(
        id=str(uuid5(namespace, f"{event.id}/{event.revision}")),
        revision=1,
        event=event.id,
        event_revision=event.revision,
        asset=event.asset,
        time=event.time,
        source="draft",
        urgency=Urgency.SOON,
        text=f"{fact}. {meaning} {PHRASE} {action.text}",
        facts=(fact,),
        hypotheses=(),
        actions=(action,),
        run=event.run,
    )
