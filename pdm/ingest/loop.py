"""The loop: poll, judge, deliver until the broker has every block and letter, then acknowledge.

At least once: what was polled and not yet acknowledged when the process dies is read again by the next
one. Its readings are repeats then, and `align` settles those within the lateness of their source.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pdm import metrics
from pdm.broker.pressure import Pressure
from pdm.broker.security import PLAIN, Security, client
from pdm.broker.topics import DEAD_LETTERS, INGEST
from pdm.chain.acquisition.newcomers import MOST_NAMES, Newcomers
from pdm.errors import BrokerError
from pdm.gateway.counting import count_accepted, count_rejected
from pdm.gateway.flush import Flusher
from pdm.gateway.outlet import Outgoing, Outlet
from pdm.gateway.remembering import remembering
from pdm.gateway.silence import Silence, beat
from pdm.ingest.judge import Judged, judge
from pdm.ingest.message import Polled, Senders
from pdm.plant.spec import Plant
from pdm.records.block import Source
from pdm.records.dead_letter import DeadLetter

log = logging.getLogger(__name__)

STAGE = "ingest"
GROUP = "pdm-ingest"
MOST_MESSAGES = 20_000
"""Messages of one poll."""
POLL_MS = 500
AGAIN_S = 1.0
"""Pause before what the broker did not take is sent again."""
_LETTERS_AT_ONCE = 100


class Ingest:
    """Takes polls, and returns from each when nothing of it can get lost any more."""

    def __init__(
        self,
        plant: Plant,
        outlet: Outlet,
        partitions: int,
        clock_ns: Callable[[], int] = time.time_ns,
        pause: Callable[[float], Any] = asyncio.sleep,
        pressure: Pressure | None = None,
        new_names: int = MOST_NAMES,
        heard: Path | None = None,
    ) -> None:
        self._plant, self._outlet, self._clock_ns, self._pause = plant, outlet, clock_ns, pause
        self._pressure = pressure or Pressure()
        self._senders, self._newcomers = Senders(plant), Newcomers(plant, new_names)
        self._silence, self._heard = Silence(plant.frame_ns), heard
        self._flusher = Flusher(outlet, partitions, self._silence, clock_ns, linger_s=0.0)

    async def beat(self) -> None:
        """Close the last frames of machines that fell silent, also of earlier ones, until cancelled."""
        await asyncio.gather(
            beat(self._silence, self._flusher.close_frames, self._clock_ns),
            remembering(self._silence, self._heard, self._clock_ns),
        )

    def judge(self, polled: Polled) -> Judged:
        """Judge one poll; nothing is sent yet."""
        return judge(polled, self._senders, self._plant, self._clock_ns(), self._newcomers)

    async def deliver(self, judged: Judged) -> None:
        """Deliver what is good in one poll and put the rest aside; again until the broker has all of it."""
        while True:
            try:
                await self._deliver(judged)
            except BrokerError as error:
                log.info("a poll waits for the broker: %s", error)
                await self._pause(AGAIN_S)
                continue
            break
        _count(judged)

    async def _deliver(self, judged: Judged) -> None:
        """Deliver source by source, each in order; raises BrokerError, also under back-pressure."""
        self._pressure.check()
        by_source: dict[Source, list[Any]] = {}
        for source, admission in judged.accepted:
            by_source.setdefault(source, []).append(admission.columns)
        await asyncio.gather(*(self._in_order(source, parts) for source, parts in by_source.items()))
        for start in range(0, len(judged.letters), _LETTERS_AT_ONCE):
            await self._outlet.put(list(map(_outgoing, judged.letters[start : start + _LETTERS_AT_ONCE])))

    async def _in_order(self, source: Source, parts: Sequence[Any]) -> None:
        for columns in parts:
            await self._flusher.deliver(source, columns)

    async def close(self) -> None:
        """Let go of the broker."""
        await self._flusher.drain()
        await self._outlet.close()


async def run(ingest: Ingest, bootstrap: str, stop: asyncio.Event, security: Security = PLAIN) -> None:
    """Read the ingest topic as a member of its group until `stop` is set.

    While the broker takes one poll the next one is judged already; they are acknowledged in order.
    """
    consumer = await _connected(bootstrap, stop, security)
    heart = asyncio.create_task(ingest.beat())
    done: dict[TopicPartition, int] = {}
    under_way: asyncio.Task[None] | None = None
    try:
        while not stop.is_set():
            polled: Polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_MESSAGES)
            judged = ingest.judge(polled)
            if under_way is not None:
                await under_way
            offsets = {TopicPartition(*place): records[-1].offset + 1 for place, records in polled.items()}
            under_way = asyncio.create_task(_finish(ingest, consumer, judged, offsets)) if offsets else None
            _show(consumer, done)
            done |= offsets
        if under_way is not None:
            await under_way
    finally:
        heart.cancel()
        await asyncio.wait([heart])
        await consumer.stop()
        await ingest.close()


async def _connected(bootstrap: str, stop: asyncio.Event, security: Security) -> AIOKafkaConsumer:
    """Join the group; as long as the broker does not answer, try again."""
    while True:
        consumer = AIOKafkaConsumer(
            INGEST,
            bootstrap_servers=bootstrap,
            group_id=GROUP,
            client_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 << 20,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=3_000,
            **client(security),
        )
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            if stop.is_set():
                raise BrokerError(f"no Kafka answers at {bootstrap}") from error
            log.info("no Kafka answers at %s yet: %r", bootstrap, error)
            await asyncio.sleep(AGAIN_S)
        else:
            return consumer


async def _finish(
    ingest: Ingest, consumer: AIOKafkaConsumer, judged: Judged, offsets: Mapping[TopicPartition, int]
) -> None:
    """Deliver a poll, and then acknowledge it."""
    await ingest.deliver(judged)
    await _acknowledge(consumer, offsets)


async def _acknowledge(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit where to go on; where that fails, whoever has the partition now reads it again."""
    try:
        await consumer.commit(offsets)
    except (KafkaError, OSError) as error:
        log.info("not acknowledged, and so read again: %r", error)


def _show(consumer: AIOKafkaConsumer, done: Mapping[TopicPartition, int]) -> None:
    """Show how far behind this process is."""
    metrics.PROGRESS.labels(STAGE).set(time.time())
    for place in consumer.assignment() & done.keys():
        lag = max(0, (consumer.highwater(place) or 0) - done[place])
        metrics.LAG.labels(STAGE, str(place.partition)).set(lag)


def _count(judged: Judged) -> None:
    """Count what is safe."""
    for _, admission in judged.accepted:
        count_accepted(admission)
    count_rejected(judged.rejected)
    for letter in judged.letters:
        metrics.DEAD_LETTERS.labels(letter.reason).inc()


def _outgoing(letter: DeadLetter) -> Outgoing:
    return Outgoing(DEAD_LETTERS, 0, msgspec.msgpack.encode(letter), letter.key)
