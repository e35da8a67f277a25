"""Single readings to the topic pdm.ingest.v1, with confluent-kafka (librdkafka).

    python docs/examples/ingest_with_confluent.py HOST:PORT historian < readings.ndjson

librdkafka's usual partitioner is another than that of Java and Python clients. Any will do here, as long as
a machine has one partition; with murmur2_random all clients agree which one.
"""

import json
import sys
from collections.abc import Iterable

from confluent_kafka import KafkaError, Producer

TOPIC = "pdm.ingest.v1"
SETTINGS = {"enable.idempotence": True, "linger.ms": 20, "partitioner": "murmur2_random"}
"""Idempotence means acks=all as well."""


def produce(bootstrap: str, source: str, lines: Iterable[bytes]) -> int:
    """Deliver readings, one JSON object a line; raises RuntimeError where the broker did not take one."""
    failed: list[str] = []

    def delivered(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            failed.append(str(error))

    producer = Producer({"bootstrap.servers": bootstrap, **SETTINGS})
    count = 0
    for line in lines:
        key = json.loads(line)["asset"]
        while True:
            try:
                producer.produce(
                    TOPIC, line, key, headers={"pdm-source": source.encode()}, on_delivery=delivered
                )
            except BufferError:
                producer.poll(0.1)  # the queue is full: wait for the broker
            else:
                break
        count += 1
    if producer.flush(30) or failed:
        raise RuntimeError(f"not delivered, send them again: {failed[:3]}")
    return count


if __name__ == "__main__":
    print(produce(sys.argv[1], sys.argv[2], sys.stdin.buffer.read().splitlines()), "readings delivered")  # noqa: T201 - a script
