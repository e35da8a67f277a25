"""Letting a stage begin its state again: every row of its changelog is taken back."""

from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from pdm.broker.admin import admin
from pdm.broker.groups import groups
from pdm.broker.security import PLAIN, Security, client
from pdm.broker.topics import ALIGN_STATE, MONITOR_STATE
from pdm.errors import BrokerError

CHANGELOGS = {"align": ALIGN_STATE, "monitor": MONITOR_STATE}
"""Stages whose state follows from what they read, and where it is kept."""

AT_REST = {"EMPTY", "DEAD"}


def reset(bootstrap: str, stage: str, security: Security = PLAIN) -> int:
    """Take back every row of a stage's state; returns how many there were.

    The stage then reads its topics from the earliest offset the broker has. What it sends on again is
    known downstream, and changes nothing there.
    raises BrokerError if the stage is running: it would write rows of the old state beside the gaps
    """
    group = f"pdm-{stage}"
    with admin(bootstrap, security=security) as asked:
        states = {told["group_id"]: str(told["group_state"]).upper() for told in groups(asked)}
    state = states.get(group, "DEAD")
    if state not in AT_REST:
        raise BrokerError(f"{stage} is running ({state.lower()}): stop it first, then reset its state")
    try:
        return _take_back(bootstrap, CHANGELOGS[stage], client(security))
    except KafkaError as error:
        raise BrokerError(f"the state of {stage} cannot be reset: {error}") from error


def _take_back(bootstrap: str, topic: str, how: dict[str, Any]) -> int:
    keys = _keys(bootstrap, topic, how)
    producer: Any = KafkaProducer(bootstrap_servers=bootstrap, acks="all", **how)
    try:
        sent = [producer.send(topic, key=key, value=None, partition=partition) for partition, key in keys]
        producer.flush()
        for future in sent:
            future.get(timeout=30)
    finally:
        producer.close()
    return len(keys)


def _keys(bootstrap: str, topic: str, how: dict[str, Any]) -> list[tuple[int, bytes]]:
    """Return partition and key of every row that is there."""
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, **how)
    try:
        places = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        rows: dict[tuple[int, bytes], bool] = {}
        while any(consumer.position(place) < ends[place] for place in places):
            for place, messages in consumer.poll(timeout_ms=1_000).items():
                rows.update({(place.partition, m.key): m.value is not None for m in messages})
        return [place for place, there in rows.items() if there]
    finally:
        consumer.close()
