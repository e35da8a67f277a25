"""Blocks to Kafka: idempotent, acknowledged by all replicas, in order, and never waiting for ever."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pdm.broker.security import PLAIN, Security, client
from pdm.chain.acquisition.pack import TOPICS, Packed
from pdm.errors import BrokerError
from pdm.gateway.outlet import Outgoing

log = logging.getLogger(__name__)

PATIENCE_S = 4.0
"""How long a flush may wait for its acknowledgements; shorter than most clients wait for an answer."""
_CHECK_S = 2.0
_HOPELESS_S = 60.0
"""After so long the producer itself is taken for stuck, and made anew."""
_MIB = 1 << 20
LARGEST_REQUEST = 5 * _MIB
"""A waveform of the largest size, and what stands around it."""

Acknowledgement = asyncio.Future[object]


class KafkaOutlet:
    """An outlet that connects when it is needed, and anew after an error that ends a producer.

    What was not acknowledged in time is still on its way: until it has arrived, further blocks are
    refused at once, so that clients which repeat themselves do not pile up copies.
    """

    def __init__(
        self,
        bootstrap: str,
        partitions: int,
        patience_s: float = PATIENCE_S,
        security: Security = PLAIN,
    ) -> None:
        self._bootstrap, self._partitions, self._patience_s = bootstrap, partitions, patience_s
        self._security = security
        self._producer: AIOKafkaProducer | None = None
        self._order = asyncio.Lock()
        self._overdue: set[Acknowledgement] = set()
        self._late_since = 0.0

    async def send(self, blocks: Sequence[Packed]) -> None:
        """Deliver blocks; see `Outlet.send`."""
        if blocks:
            await self._deliver(
                Outgoing(packed.topic, packed.partition, msgspec.msgpack.encode(packed.block))
                for packed in blocks
            )

    async def put(self, messages: Sequence[Outgoing]) -> None:
        """Deliver messages; see `Outlet.put`."""
        if messages:
            await self._deliver(messages)

    async def _deliver(self, messages: Iterable[Outgoing]) -> None:
        """Deliver in order, and return when all of it is acknowledged; raises BrokerError."""
        await self._refuse_while_late()
        sent: list[Acknowledgement] = []
        try:
            async with asyncio.timeout(self._patience_s):
                await self._append(messages, sent)
                await asyncio.wait(sent)
            for acknowledgement in sent:
                acknowledgement.result()
        except TimeoutError:
            self._remember(sent)
            raise BrokerError(f"the broker did not acknowledge within {self._patience_s:g} s") from None
        except (KafkaError, OSError) as error:
            self._remember(sent)
            await self._drop()
            raise BrokerError(f"the broker did not take the readings: {error!r}") from error

    async def check(self) -> None:
        """Ask the broker for its topics; see `Outlet.check`."""
        try:
            async with asyncio.timeout(_CHECK_S):
                async with self._order:
                    producer = await self._connected()
                cluster = await producer.client.fetch_all_metadata()
        except (TimeoutError, KafkaError, OSError) as error:
            raise BrokerError(f"the broker at {self._bootstrap} does not answer: {error!r}") from error
        for topic in TOPICS:
            count = len(cluster.partitions_for_topic(topic) or ())
            if count != self._partitions:
                raise BrokerError(f"topic {topic} has {count} partitions, wanted are {self._partitions}")

    async def close(self) -> None:
        """Stop the producer, if there is one."""
        await self._drop()

    async def _refuse_while_late(self) -> None:
        """Refuse blocks while earlier ones are on their way; raises BrokerError."""
        if self._overdue:
            if time.monotonic() - self._late_since > _HOPELESS_S:
                await self._drop()
                return
            raise BrokerError(f"the broker has not yet acknowledged {len(self._overdue)} earlier blocks")

    async def _append(self, messages: Iterable[Outgoing], sent: list[Acknowledgement]) -> None:
        """Hand messages to the producer, one flush after the other."""
        async with self._order:
            producer = await self._connected()
            for message in messages:
                where = {"key": message.key, "partition": message.partition}
                sent.append(await producer.send(message.topic, message.value, **where))

    async def _connected(self) -> AIOKafkaProducer:
        """Give the producer, connected."""
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id="pdm-gateway",
                acks="all",
                enable_idempotence=True,
                max_batch_size=_MIB,
                max_request_size=LARGEST_REQUEST,
                retry_backoff_ms=100,
                **client(self._security),
            )
            try:
                await producer.start()
            except BaseException:
                await _stop(producer)
                raise
            self._producer = producer
        return self._producer

    async def _drop(self) -> None:
        """Give the producer up; the next flush makes a new one."""
        producer, self._producer = self._producer, None
        self._overdue.clear()
        if producer is not None:
            await _stop(producer)

    def _remember(self, sent: Sequence[Acknowledgement]) -> None:
        """Keep in mind what is still on its way, until it has arrived or failed."""
        if not self._overdue:
            self._late_since = time.monotonic()
        for acknowledgement in sent:
            if not acknowledgement.done():
                self._overdue.add(acknowledgement)
            acknowledgement.add_done_callback(self._settle)

    def _settle(self, acknowledgement: Acknowledgement) -> None:
        """Forget one that is decided; its error was told to the client long ago."""
        self._overdue.discard(acknowledgement)
        if not acknowledgement.cancelled() and acknowledgement.exception():
            log.info("a block given up by its client failed: %r", acknowledgement.exception())


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop a producer, also one that would rather wait for its broker."""
    try:
        async with asyncio.timeout(_CHECK_S):
            await producer.stop()
    except (TimeoutError, KafkaError, OSError) as error:
        log.warning("the producer did not stop in order: %r", error)
