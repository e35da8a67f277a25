"""The chain's pace: align and monitor, a process each, the broker in between, on a backlog of flushes."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from msgspec import Struct

from bench.progress import say
from bench.stages import Stage, running, watch
from bench.workload import CHANNELS, flush, plant_toml
from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.lag import lags
from pdm.broker.topics import FRAMES
from pdm.chain.acquisition.columns import merge
from pdm.chain.acquisition.pack import TOPICS, pack
from pdm.gateway.flush import MOST_ROWS
from pdm.records.block import Source
from pdm.records.log import Frames, LogRecord
from pdm.settings import Settings

MACHINES, SECONDS, PARTITIONS = 1_000, 900, 4
FLUSHED = MOST_ROWS // (MACHINES * len(CHANNELS))
"""Seconds of the plant in a flush, as the gateway sends it when readings come as fast as this."""
SOURCE = Source("bench")
MIB = 1 << 20

_RECORD = msgspec.msgpack.Decoder(LogRecord)


class Chain(Struct, frozen=True):
    """Figures of two processes beside a broker on this machine.

    readings_per_s       : from the first block handled to the last frame judged
    saved_readings_per_s : to the last checkpoint acknowledged
    align_readings_per_s : until align had handled the last block
    blocks, records      : messages on the four topics, and in the ordered log
    """

    readings_per_s: int
    saved_readings_per_s: int
    align_readings_per_s: int
    readings: int
    frames: int
    blocks: int
    records: int
    seconds: float


class Reached(Struct, frozen=True):
    """When what was reached, in monotonic seconds."""

    began: float
    aligned: float
    judged: float
    saved: float


def run(seed: int = 7, seconds: int = SECONDS) -> Chain:
    """Measure once; the blocks are on the topics before the processes start."""
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as place:
        folder = Path(place)
        plant_file = folder / "plant.toml"
        plant_file.write_text(plant_toml(), "utf-8")
        with EmbeddedKafka(folder / "kafka") as kafka:
            topics.apply(kafka.bootstrap, PARTITIONS)
            blocks = produce(kafka.bootstrap, seed, seconds)
            say(f"{blocks:,} blocks with {MACHINES * seconds * len(CHANNELS):,} readings are on the topics")
            settings = Settings(
                bootstrap=kafka.bootstrap,
                data_dir=folder / "data",
                plant=plant_file,
                partitions=PARTITIONS,
                log_level="WARNING",
            )
            with running(settings, ("align", "monitor")) as stages:
                reached = _follow(stages, blocks, kafka.bootstrap)
            frames, records = _written(kafka.bootstrap)
    return _figures(reached, seconds, blocks, frames, records)


def produce(bootstrap: str, seed: int, seconds: int) -> int:
    """Put full flushes of the plant on the topics, as the gateway packs them; returns the blocks."""
    rng, count = np.random.default_rng(seed), 0
    producer: Any = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=MIB, max_request_size=4 * MIB
    )
    for begin in range(0, seconds, FLUSHED):
        columns = merge([flush(MACHINES, begin + second, rng) for second in range(FLUSHED)])
        for packed in pack(columns, SOURCE, PARTITIONS, time.time_ns()):
            block = msgspec.msgpack.encode(packed.block)
            producer.send(packed.topic, block, partition=packed.partition)
            count += 1
    producer.flush()
    producer.close()
    return count


def _follow(stages: Sequence[Stage], blocks: int, bootstrap: str) -> Reached:
    """Watch the stages from their first message until all is judged, and then saved."""
    began = aligned = judged = records = 0.0
    for now, (align, monitor) in watch(stages):
        if align == 0:
            began = now
        elif align >= blocks and not aligned:
            aligned = now
        if aligned and not judged:
            records = sum(_ends(bootstrap).values())
            if monitor >= records:
                judged = now
                say(f"judged after {judged - began:.2f} s")
        if judged and _saved(bootstrap):
            return Reached(began, aligned, judged, time.monotonic())
    raise AssertionError("watch ends by an error")


def _saved(bootstrap: str) -> bool:
    """Tell whether both stages have acknowledged all there is."""
    mine = [lag for lag in lags(bootstrap) if lag.topic in {*TOPICS, FRAMES}]
    return len(mine) == PARTITIONS * (len(TOPICS) + 1) and not any(lag.lag for lag in mine)


def _places() -> list[TopicPartition]:
    return [TopicPartition(FRAMES, partition) for partition in range(PARTITIONS)]


def _ends(bootstrap: str) -> dict[TopicPartition, int]:
    """Look up the end of the ordered log."""
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        ends: dict[TopicPartition, int] = consumer.end_offsets(_places())
        return ends
    finally:
        consumer.close()


def _written(bootstrap: str) -> tuple[int, int]:
    """Count the frames and the records of the ordered log."""
    consumer: Any = KafkaConsumer(
        FRAMES, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3_000
    )
    try:
        records = [_RECORD.decode(message.value) for message in consumer]
    finally:
        consumer.close()
    return sum(len(record.time) // 8 for record in records if isinstance(record, Frames)), len(records)


def _figures(reached: Reached, seconds: int, blocks: int, frames: int, records: int) -> Chain:
    """Work out the figures; frames that the lateness still holds back are no loss, all others are."""
    held = MACHINES * (seconds - frames // MACHINES)
    if frames % MACHINES or held > 3 * MACHINES:
        raise RuntimeError(f"{frames} frames in the log, wanted are {MACHINES * seconds}")
    readings = frames * len(CHANNELS)
    return Chain(
        readings_per_s=round(readings / (reached.judged - reached.began)),
        saved_readings_per_s=round(readings / (reached.saved - reached.began)),
        align_readings_per_s=round(readings / (reached.aligned - reached.began)),
        readings=readings,
        frames=frames,
        blocks=blocks,
        records=records,
        seconds=round(reached.judged - reached.began, 3),
    )
