"""The monitor on a real broker, with state that another version has saved."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from logs import log, rows
from waiting import until

from pdm.broker.backlog import backlog
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.state import reset
from pdm.broker.topics import EVENTS, FRAMES, MONITOR_STATE, apply
from pdm.chain.detection.saving import SavedBank
from pdm.errors import BrokerError
from pdm.settings import Settings, environment
from streams.monitor import MonitorCore

PAYLOADS = [msgspec.msgpack.encode(record) for record in log(rows(2, 260, seed=3, fault_at=150), [20])]


@contextmanager
def monitor(folder: Path, bootstrap: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a monitor; its output is in `folder/monitor.log`."""
    settings = Settings(bootstrap=bootstrap, data_dir=folder / "data", partitions=1)
    with (folder / "monitor.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", "monitor"],
            env={**os.environ, **environment(settings)},
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def messages(bootstrap: str, topic: str) -> dict[bytes, bytes]:
    """Return the newest value of each key; events have one for each revision."""
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_beginning()
    end, found = consumer.end_offsets([place])[place], dict[bytes, bytes]()
    while consumer.position(place) < end:
        for some in consumer.poll(timeout_ms=500).values():
            found.update({m.value if topic == EVENTS else m.key: m.value for m in some})
    consumer.close()
    return found


def send(bootstrap: str, topic: str, pairs: list[tuple[bytes | None, bytes]]) -> None:
    """Send messages to the one partition."""
    producer: Any = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for key, value in pairs:
        producer.send(topic, key=key, value=value, partition=0)
    producer.flush()
    producer.close()


def otherwise(bootstrap: str, before: str, after: str) -> None:
    """Write saved chunks again as a version would have whose fields were described otherwise.

    A chunk stands in two places by turns; the one that no longer counts may be of yet another version.
    """
    chunks = []
    for key, value in messages(bootstrap, MONITOR_STATE).items():
        if re.fullmatch(rb"0/\d+/\d/0", key):
            saved = msgspec.msgpack.decode(value, type=SavedBank)
            if before in saved.shape:
                other = msgspec.structs.replace(saved, shape=saved.shape.replace(before, after))
                chunks.append((key, msgspec.msgpack.encode(other)))
    assert chunks
    send(bootstrap, MONITOR_STATE, [(key, value) for key, value in chunks])


def done(bootstrap: str) -> bool:
    """Tell whether the monitor has acknowledged all of the log."""
    return backlog(bootstrap)["monitor"] == 0


def was_reset(bootstrap: str) -> bool:
    """Reset the state, unless the broker still takes the monitor for alive."""
    try:
        return reset(bootstrap, "monitor") > 0
    except BrokerError:
        return False


@pytest.mark.broker
def test_state_of_another_version_is_read_or_refused_and_reset(
    fresh_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    """A renamed field is a new one at zero; another type needs a reset, which finds the same events again."""
    where, half = fresh_kafka.bootstrap, len(PAYLOADS) // 2
    apply(where, 1)
    send(where, FRAMES, [(None, payload) for payload in PAYLOADS[:half]])
    with monitor(tmp_path, where):
        until(lambda: done(where))
    otherwise(where, "('peak', '<f4')", "('zenith', '<f4')")
    send(where, FRAMES, [(None, payload) for payload in PAYLOADS[half:]])
    with monitor(tmp_path, where):
        until(lambda: done(where))
    assert messages(where, EVENTS)

    otherwise(where, "('peak', '<f4')", "('peak', '<i4')")
    send(where, FRAMES, [(None, PAYLOADS[-1])])
    with monitor(tmp_path, where):
        until(lambda: "pdmctl state reset monitor" in (tmp_path / "monitor.log").read_text("utf-8"))
    until(lambda: was_reset(where))
    with monitor(tmp_path, where):
        until(lambda: done(where))
    core = MonitorCore()
    wanted = {m.value for offset, payload in enumerate(PAYLOADS) for m in core.eat(0, offset, payload)}
    assert messages(where, EVENTS).keys() >= wanted
