"""The embedded Apache Kafka, started for real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from waiting import until

from pdm.broker import java
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.probe import serves
from pdm.broker.topics import TopicSpec, apply
from pdm.errors import BrokerError

pytestmark = pytest.mark.broker

TOPIC = TopicSpec("kept.v1")

OWNER = """
import sys
from pathlib import Path
from pdm.broker.embedded import EmbeddedKafka
broker = EmbeddedKafka(Path(sys.argv[1])).start()
print(broker.pid, broker.port, flush=True)
sys.stdin.read()
"""


def send(broker: EmbeddedKafka, value: bytes) -> None:
    """Send one message, acknowledged."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    producer.send(TOPIC.name, value).get(timeout=20)
    producer.close()


def held(broker: EmbeddedKafka) -> list[bytes]:
    """Return all messages of the topic."""
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, consumer_timeout_ms=20_000)
    place = TopicPartition(TOPIC.name, 0)
    consumer.assign([place])
    consumer.seek_to_beginning()
    end = consumer.end_offsets([place])[place]
    values: list[bytes] = []
    while consumer.position(place) < end:
        for messages in consumer.poll(timeout_ms=500).values():
            values += [message.value for message in messages]
    consumer.close()
    return values


def test_start_returns_when_it_truly_answers_and_stop_ends_it(tmp_path: Path) -> None:
    """The first request of a client works, on loopback alone; after the stop nobody listens."""
    with EmbeddedKafka(tmp_path) as broker:
        assert broker.bootstrap.startswith("127.0.0.1:")
        assert serves("127.0.0.1", broker.port)
        assert broker.alive()
        assert broker.start() is broker
        pid = broker.pid
    assert not broker.alive()
    assert not serves("127.0.0.1", broker.port)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_data_outlive_a_stop_and_a_crash(tmp_path: Path) -> None:
    """A second start on the directory has the messages of the first, and so has one after SIGKILL."""
    with EmbeddedKafka(tmp_path) as broker:
        apply(broker.bootstrap, 1, (TOPIC,))
        send(broker, b"before the stop")
    with EmbeddedKafka(tmp_path) as broker:
        port = broker.port
        assert apply(broker.bootstrap, 1, (TOPIC,)) == []
        send(broker, b"before the crash")
        broker.kill()
        assert not broker.alive()
        assert broker.start().port == port
        assert held(broker) == [b"before the stop", b"before the crash"]


def test_a_concurrent_start_is_refused(kafka: EmbeddedKafka) -> None:
    """One directory has one broker; the error names the directory and the process."""
    second = EmbeddedKafka(kafka.data_dir)
    with pytest.raises(BrokerError, match=f"{kafka.data_dir} is in use by process {os.getpid()}"):
        second.start()
    assert serves("127.0.0.1", kafka.port)


def test_a_killed_owner_leaves_no_broker_and_no_lock(tmp_path: Path) -> None:
    """SIGKILL of the owning process ends the broker too, and the next start waits for that."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid, port = map(int, owner.stdout.readline().split())
        assert serves("127.0.0.1", port)
        owner.kill()
    with EmbeddedKafka(tmp_path) as broker:
        assert broker.pid != pid
        assert not runs(pid)
        until(lambda: not is_listed(pid))


def runs(pid: int) -> bool:
    """Tell whether a process has not ended yet; one that waits to be collected by process 1 has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def is_listed(pid: int) -> bool:
    """Tell whether the system still knows a process, ended or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_broker_that_ends_at_once_is_reported_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error carries the end of the log, and the directory is free again."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "meta.properties").write_text("version=1\nbroken\n")
    broker = EmbeddedKafka(tmp_path)
    with pytest.raises(BrokerError, match=r"(?s)did not start; .*kafka\.log ends with:.*meta\.properties"):
        broker.start()
    assert not broker.alive()
    monkeypatch.setattr(java, "find", lambda: Path("/nowhere/java"))
    with pytest.raises(BrokerError, match=r"(?s)did not start.*/nowhere/java"):
        broker.start()
