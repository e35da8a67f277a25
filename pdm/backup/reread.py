"""Reads the topics that fill the store once more, from the earliest offsets the broker still has."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from pdm.broker.admin import admin
from pdm.broker.security import PLAIN, Security, client
from pdm.errors import BrokerError
from pdm.instant import rfc3339
from pdm.store.decoding import TOPICS, rows
from pdm.store.protocol import Batch, Row
from pdm.store.sql import SqlStore

PATIENCE_MS = 1_000
FRUITLESS = 30
"""Answers without a message, a second each, before the broker counts as away."""


class Reach(Struct, frozen=True):
    """How far back one topic goes.

    deleted : messages before it that retention has taken
    since   : append time of the first message, RFC 3339; "" where there is none
    """

    topic: str
    deleted: int
    since: str

    def __str__(self) -> str:
        begin = f"begins {self.since}" if self.since else "is empty"
        return f"{self.topic} {begin}, {self.deleted} messages before it are deleted"


class Reread:
    """The four topics, partition by partition, into a fresh store; a context manager.

    messages, unreadable : how many were read, and how many of them are no records
    """

    def __init__(self, bootstrap: str, fresh: SqlStore, security: Security = PLAIN) -> None:
        with admin(bootstrap, security=security):
            self._consumer: Any = KafkaConsumer(
                bootstrap_servers=bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                **client(security),
            )
        self._fresh = fresh
        self._places = [
            TopicPartition(topic, partition)
            for topic in TOPICS
            for partition in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning()
        self._begins: dict[TopicPartition, int] = self._consumer.beginning_offsets(self._places)
        self._since: dict[str, int] = {}
        self.messages = self.unreadable = 0

    @property
    def reach(self) -> tuple[Reach, ...]:
        """Tell from where on each topic was there."""
        return tuple(
            Reach(
                topic,
                sum(offset for place, offset in self._begins.items() if place.topic == topic),
                rfc3339(self._since[topic] * 1_000_000) if topic in self._since else "",
            )
            for topic in TOPICS
        )

    def ends(self) -> dict[tuple[str, int], int]:
        """Ask where each partition ends now."""
        found = self._consumer.end_offsets(self._places)
        return {(place.topic, place.partition): end for place, end in found.items()}

    def to_the_end(self) -> None:
        """Record everything up to where the partitions end now; raises BrokerError."""
        try:
            ends = self.ends()
            fruitless = 0
            while any(self._consumer.position(p) < ends[p.topic, p.partition] for p in self._places):
                got = self._consumer.poll(timeout_ms=PATIENCE_MS)
                fruitless = 0 if got else fruitless + 1
                if fruitless > FRUITLESS:
                    raise BrokerError("the broker gives no more messages, although it has some")
                for place, messages in got.items():
                    self._record(place, messages)
        except KafkaError as error:
            raise BrokerError(f"the topics cannot be read: {error}") from error
        for place in self._places:
            self._move(place, self._consumer.position(place), ())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def _record(self, place: TopicPartition, messages: Sequence[Any]) -> None:
        found: list[Row] = []
        for message in messages:
            self.messages += 1
            stamp = self._since.get(place.topic, message.timestamp)
            self._since[place.topic] = min(stamp, message.timestamp)
            try:
                found += rows(place.topic, message.value)
            except msgspec.MsgspecError:
                self.unreadable += 1
        self._move(place, messages[-1].offset + 1, tuple(found))

    def _move(self, place: TopicPartition, following: int, found: tuple[Row, ...]) -> None:
        here = self._fresh.offset(place.topic, place.partition)
        if found or following > here:
            self._fresh.record(Batch(place.topic, place.partition, here, following, found))
