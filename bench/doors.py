"""Two doors of a service: requests over HTTP, and single readings on the ingest topic."""

import random
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from confluent_kafka import Producer

from bench.observed import POISONED
from bench.trial import BY_KAFKA, Trial, client, post
from pdm.broker.topics import INGEST
from pdm.supervision.service import Service

POISON_EVERY = 100
"""One message in so many is nothing that anybody can read."""
BLOCKS = 16
"""Messages that a request becomes at least: one for each quantity and partition."""
PATIENCE_S = 300.0
ONCE_AND_IN_ORDER = {
    "acks": "all",
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
    "linger.ms": 20,
    "message.timeout.ms": 0,
    "queue.buffering.max.messages": 1_000_000,
}
_NAMED = b'{"asset":"'


class Doors:
    """Delivers the requests of a trial, each by its own door, until the broker has them; a context manager.

    poison : messages that nobody can read, put into every topic beside the readings
    """

    def __init__(self, service: Service, trial: Trial, seed: int = 1) -> None:
        self._trial, self._partitions = trial, service.settings.partitions
        self._http = client(service)
        self._kafka: Any = Producer(
            {"bootstrap.servers": service.bootstrap, "log_level": 2, **ONCE_AND_IN_ORDER}
        )
        self._rng = random.Random(seed)  # noqa: S311  (no secret)
        self._due = 0.0
        self.poison = 0

    def deliver(self, number: int, poisoned: bool = False) -> None:
        """Deliver one request of the trial, and where wished its share of poison; see `post` for errors."""
        content = self._trial.requests[number]
        if self._trial.by_kafka(number):
            self._send_singles(content, poisoned)
        else:
            post(self._http, "/v1/readings", content)
        if poisoned:
            self._due += BLOCKS / POISON_EVERY
        while self._due >= 1.0:
            self._due -= 1.0
            self._put_poison(self._rng.choice(POISONED))
        if self._kafka.flush(PATIENCE_S):
            raise RuntimeError(f"messages were not acknowledged within {PATIENCE_S:g} s")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def _send_singles(self, content: bytes, poisoned: bool) -> None:
        """Send each reading of a request as a message of its own, keyed by its machine."""
        for number, (asset, reading) in enumerate(singles(content), start=1):
            self._produce(INGEST, reading, key=asset, headers=[("PDM-Source", BY_KAFKA.encode())])
            if poisoned and number % POISON_EVERY == 0:
                self._put_poison(INGEST)

    def _put_poison(self, topic: str) -> None:
        content = self._rng.randbytes(self._rng.randint(1, 2_000))
        self._produce(topic, content, partition=self._rng.randrange(self._partitions))
        self.poison += 1

    def _produce(self, topic: str, value: bytes, **where: Any) -> None:
        while True:
            try:
                self._kafka.produce(topic, value, on_delivery=_acknowledged, **where)
            except BufferError:
                self._kafka.poll(0.1)
            else:
                break


def singles(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Cut a request as `pdm.demo.wire` writes it into its readings, each with the name of its machine."""
    for reading in content[1:-1].replace(b"},{", b"}\n{").split(b"\n"):
        yield reading[len(_NAMED) : reading.index(b'"', len(_NAMED))], reading


def _acknowledged(error: Any, _message: Any) -> None:
    if error is not None:
        raise RuntimeError(f"a message was not taken: {error}")
