"""Single readings to the topic pdm.ingest.v1, with kafka-python.

    python docs/examples/ingest_with_kafka_python.py HOST:PORT historian < readings.ndjson

One reading is one message, its key is the machine: so all of a machine is in one partition, in order.
"""

import json
import sys
from collections.abc import Iterable

from kafka import KafkaProducer

TOPIC = "pdm.ingest.v1"


def produce(bootstrap: str, source: str, lines: Iterable[bytes]) -> int:
    """Deliver readings, one JSON object a line; raises KafkaError where the broker did not take one."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=20, batch_size=256 * 1024
    )
    headers = [("pdm-source", source.encode())]
    sent = [
        producer.send(TOPIC, key=json.loads(line)["asset"].encode(), value=line, headers=headers)
        for line in lines
    ]
    producer.flush()
    for one in sent:
        one.get(timeout=30)  # acknowledged by all replicas, or an error
    producer.close()
    return len(sent)


if __name__ == "__main__":
    print(produce(sys.argv[1], sys.argv[2], sys.stdin.buffer.read().splitlines()), "readings delivered")  # noqa: T201 - a script
