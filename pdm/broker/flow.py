"""The account of `align` read from its saved state, and the same readings counted again on the topics."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from pdm.broker.security import PLAIN, Security, client
from pdm.broker.topics import ALIGN_STATE, CONTROL, PRESSURE, PROCESS, TEMPERATURE, VIBRATION
from pdm.errors import BrokerError
from pdm.records.block import Block, Channel, Machine
from pdm.records.control import Control
from pdm.records.flow import FLOW, Flow
from pdm.state import parts

TOPICS = (VIBRATION, TEMPERATURE, PRESSURE, PROCESS, CONTROL)
"""In the order of `Flow.newest`; an earlier version did not read the last."""
CURSOR = "cursor"
FIRST_LOOK = 64
"""Messages from the end of the saved state that are read first; four times as many each time after."""
POLL_MS = 5_000

_FLOW = msgspec.msgpack.Decoder(Flow)
_BLOCK = msgspec.msgpack.Decoder(Block)
_CONTROL = msgspec.msgpack.Decoder(Control)
_MACHINES = msgspec.msgpack.Decoder(list[Machine])
_CHANNELS = msgspec.msgpack.Decoder(list[Channel])


class Counted(Struct, frozen=True):
    """One partition: what `align` says, and what is on the topics up to the same offsets.

    readings, put_aside : counted again, from the blocks themselves
    deleted             : messages that retention took: where it is not 0 there is no counting again
    waiting             : messages that are on the topics and not in the account yet
    """

    partition: int
    flow: Flow
    readings: int
    put_aside: int
    deleted: int
    waiting: int

    @property
    def balanced(self) -> bool:
        """Tell whether the account adds up, and is that of the topics as far as these still exist."""
        same = (self.readings, self.put_aside) == (self.flow.readings, self.flow.put_aside)
        return self.flow.balanced and (same or self.deleted > 0)


def count(bootstrap: str, security: Security = PLAIN) -> list[Counted]:
    """Count every partition for which `align` has saved an account.

    raises BrokerError where the broker holds none
    """
    consumer: Any = KafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, check_crcs=False, **client(security)
    )
    try:
        found = [_counted(consumer, p) for p in sorted(consumer.partitions_for_topic(ALIGN_STATE) or ())]
    finally:
        consumer.close()
    known = [one for one in found if one is not None]
    if not known:
        raise BrokerError(f"align has saved no account at {bootstrap}: has it run, and read anything?")
    return known


def _counted(consumer: Any, partition: int) -> Counted | None:
    """Read the account of a partition, and count its topics up to where it goes."""
    flow = _saved(consumer, partition)
    if flow is None:
        return None
    readings = put_aside = deleted = waiting = 0
    for topic, newest in zip(TOPICS, flow.newest, strict=False):
        place = TopicPartition(topic, partition)
        first, end = consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]
        deleted, waiting = deleted + first, waiting + end - newest - 1
        for _, payload in _read(consumer, place, first, newest + 1):
            held = readings_of(payload) if topic != CONTROL else held_by_control(payload)
            readings, put_aside = readings + max(held, 0), put_aside + (held < 0)
    return Counted(partition, flow, readings, put_aside, deleted, waiting)


def readings_of(payload: bytes) -> int:
    """Count the readings of a block, as `align` sees it: -1 where it cannot be used."""
    try:
        block = _BLOCK.decode(payload)
        time, machine, channel = (
            np.frombuffer(content, kind)
            for content, kind in ((block.time, "<i8"), (block.machine, "<u4"), (block.channel, "<u2"))
        )
        machines, channels = len(_MACHINES.decode(block.machines)), len(_CHANNELS.decode(block.channels))
        n, behind = len(time), len(np.frombuffer(block.behind, "<i8"))
        sizes = (len(machine), len(channel), len(np.frombuffer(block.value, "<f8")), len(block.quality))
        frontier = len(np.frombuffer(block.frontier, "<i8"))
    except (msgspec.MsgspecError, ValueError):
        return -1
    fits = all(size == n for size in sizes) and behind in {0, n} and frontier == machines
    inside = n == 0 or (machine.max() < machines and channel.max() < channels)
    return n if fits and inside else -1


def held_by_control(payload: bytes) -> int:
    """Count the readings of a control record: none, or -1 where it cannot be used."""
    try:
        _CONTROL.decode(payload)
    except msgspec.MsgspecError:
        return -1
    return 0


def _saved(consumer: Any, partition: int) -> Flow | None:
    """Find the newest account of a partition at the end of the saved state, None where there is none."""
    place = TopicPartition(ALIGN_STATE, partition)
    first, end = consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]
    look = FIRST_LOOK
    while True:
        begin = max(first, end - look)
        rows = {key.decode(): value for key, value in _read(consumer, place, begin, end)}
        if f"{partition}/{CURSOR}" in rows:
            cursor = parts.decode(rows[f"{partition}/{CURSOR}"])
            kept = {key.partition("/")[2]: value for key, value in rows.items()}
            keys = [key for key, _ in parts.split(FLOW, b"", cursor.places[FLOW])]
            if all(key in kept for key in keys):
                return _FLOW.decode(parts.join(FLOW, cursor.places[FLOW], kept))
        if begin == first:
            return None
        look *= 4


def _read(consumer: Any, place: TopicPartition, begin: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Read the messages of a partition from `begin` to before `end`."""
    consumer.assign([place])
    consumer.seek(place, begin)
    while consumer.position(place) < end:
        polled = consumer.poll(timeout_ms=POLL_MS).get(place, [])
        if not polled:
            raise BrokerError(f"{place.topic}/{place.partition} cannot be read up to offset {end}")
        for message in polled:
            if message.offset < end:
                yield message.key or b"", message.value or b""
