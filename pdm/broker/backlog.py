"""What each stage has still to do, and waiting until there is nothing left."""

import time
from collections.abc import Callable
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pdm.broker.lag import lags
from pdm.broker.security import PLAIN, Security, client
from pdm.broker.topics import (
    ADVICE,
    CONTROL,
    EVENTS,
    FRAMES,
    INGEST,
    PRESSURE,
    PROCESS,
    TEMPERATURE,
    VIBRATION,
)
from pdm.errors import PdmError

READS = {
    "ingest": (INGEST,),
    "align": (VIBRATION, TEMPERATURE, PRESSURE, PROCESS, CONTROL),
    "monitor": (FRAMES,),
    "advisor": (EVENTS,),
    "recorder": (EVENTS, ADVICE, CONTROL),
}
"""Stage -> what it has to read. The standings, which come for ever, are left out."""

PATIENCE_S, LOOK_EVERY_S = 120.0, 0.25


class UnsettledError(PdmError):
    """The chain has stopped moving before it was done."""


def backlog(bootstrap: str, security: Security = PLAIN) -> dict[str, int]:
    """Count the messages that each stage has yet to acknowledge, stages that never did included.

    What is committed is looked up before the ends, so that all zero means: done, in the whole chain.
    """
    done = {(lag.group, lag.topic, lag.partition): lag.committed for lag in lags(bootstrap, security)}
    ends = _ends(bootstrap, security)
    return {
        stage: sum(
            max(0, end - done.get((f"pdm-{stage}", topic, partition), 0))
            for (topic, partition), end in ends.items()
            if topic in topics
        )
        for stage, topics in READS.items()
    }


def settle(
    look: Callable[[], dict[str, int]],
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Look until nothing is left; as long as it moves, there is no hurry.

    raises UnsettledError where nothing has moved for PATIENCE_S
    """
    moved, left = clock(), look()
    while any(left.values()):
        if clock() - moved > PATIENCE_S:
            raise UnsettledError(f"nothing moves any more; messages left: {left}")
        pause(LOOK_EVERY_S)
        before, left = left, look()
        if left != before:
            moved = clock()


def _ends(bootstrap: str, security: Security) -> dict[tuple[str, int], int]:
    """Look up the end of every partition that is read."""
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, **client(security))
    try:
        places = [
            TopicPartition(topic, partition)
            for topic in sorted({topic for topics in READS.values() for topic in topics})
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        return {(p.topic, p.partition): end for p, end in consumer.end_offsets(places).items()}
    finally:
        consumer.close()
