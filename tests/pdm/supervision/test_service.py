"""The whole service with stubs for its processes, on a real broker."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
from waiting import until

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.broker.probe import serves
from pdm.broker.topics import TOPICS, describe
from pdm.errors import BrokerError, PdmError
from pdm.settings import Address, Settings
from pdm.supervision import record
from pdm.supervision.readiness import is_ready
from pdm.supervision.service import COMMANDS, Service, ServiceError

pytestmark = pytest.mark.broker

STUB = Path(__file__).parents[2] / "fakes" / "stub_process.py"


def stubs(journal: Path, manner: str = "") -> dict[str, tuple[str, ...]]:
    """Return command lines for stubs of all processes; the gateway behaves in this manner."""
    return {
        name: (sys.executable, str(STUB), name, str(journal), manner if name == "gateway" else "")
        for name in COMMANDS
    }


def settings(folder: Path, bootstrap: str = "") -> Settings:
    """Return settings for a service in this folder, on any free port."""
    return Settings(data_dir=folder / "data", bootstrap=bootstrap, http=Address("127.0.0.1", 0), partitions=4)


def test_everything_starts_and_stops_in_order(tmp_path: Path) -> None:
    """Broker, topics, processes with a metrics port each, record; at the end nothing is left of them."""
    journal = tmp_path / "journal"
    with Service(settings(tmp_path), commands=stubs(journal)) as service:
        assert is_ready(service.url)
        assert all(topic.partitions for topic in describe(service.bootstrap, 4))
        assert list(service.pids) == [*COMMANDS, "kafka"]
        written = json.loads((tmp_path / "data" / "run" / "service.json").read_text())
        assert written["pids"] == service.pids
        assert (written["url"], written["bootstrap"]) == (service.url, service.bootstrap)
        assert set(written["metrics"]) == set(COMMANDS)
        until(lambda: len(journal.read_text().splitlines()) == len(COMMANDS))
        told = dict(
            reversed(re.findall(r"\[(.*)\] (\w+)", line)[0]) for line in journal.read_text().splitlines()
        )
        assert told == service.metrics
        pids = service.pids.values()
    stopped = [line for line in journal.read_text().splitlines() if line.startswith("stop")]
    assert stopped == [f"stop {name}" for name in COMMANDS]
    assert record.read(tmp_path / "data") is None
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not serves("127.0.0.1", int(service.bootstrap.split(":")[1]))


def test_a_crashed_process_comes_back_and_is_counted(tmp_path: Path, kafka: EmbeddedKafka) -> None:
    """Another process, the same place, and the record tells its pid."""
    with Service(settings(tmp_path, kafka.bootstrap), False, stubs(tmp_path / "journal")) as service:
        first = service.pids["monitor"]
        service.kill("monitor")
        until(lambda: service.pids.get("monitor", first) != first)
        assert service.restarts == {**dict.fromkeys(COMMANDS, 0), "monitor": 1}
        until(lambda: record.read(tmp_path / "data").pids.get("monitor") == service.pids["monitor"])  # type: ignore[union-attr]
        second = service.pids["align"]
        service.restart("align")
        assert service.pids["align"] != second
        assert service.restarts["align"] == 0
    assert "stop align" in (tmp_path / "journal").read_text()


def test_a_crashed_broker_comes_back_on_its_port(tmp_path: Path) -> None:
    """The processes keep their address of it, and its topics are still there."""
    with Service(settings(tmp_path), commands=stubs(tmp_path / "journal")) as service:
        first, port = service.pids["kafka"], int(service.bootstrap.split(":")[1])
        service.kill("kafka")
        until(lambda: service.pids.get("kafka", first) != first and serves("127.0.0.1", port))
        assert service.restarts["kafka"] == 1
        assert [topic.partitions > 0 for topic in describe(service.bootstrap, 4)] == [True] * len(TOPICS)


def test_a_second_service_in_the_same_folder_is_refused(tmp_path: Path, kafka: EmbeddedKafka) -> None:
    """Also where the broker is somebody else's; the first goes on, and so does its record."""
    chosen = settings(tmp_path, kafka.bootstrap)
    with Service(chosen, False, stubs(tmp_path / "journal")) as service:
        with pytest.raises(BrokerError, match=f"data is in use by process {os.getpid()}"):
            Service(chosen, False, stubs(tmp_path / "journal")).start()
        assert is_ready(service.url)
        assert record.read(tmp_path / "data") is not None


@pytest.mark.parametrize(
    ("manner", "complaint"),
    [("die", "gateway cannot run here"), ("never-ready", "the gateway is not ready")],
)
def test_a_gateway_that_does_not_become_ready_fails_the_start(
    tmp_path: Path, kafka: EmbeddedKafka, manner: str, complaint: str
) -> None:
    """The error has its last words; all others are stopped again."""
    patience = 60.0 if manner == "die" else 1.0
    chosen = settings(tmp_path, kafka.bootstrap)
    service = Service(chosen, False, stubs(tmp_path / "journal", manner), ready_within=patience)
    with pytest.raises(ServiceError, match=complaint):
        service.start()
    assert service.pids == {}
    assert record.read(tmp_path / "data") is None


def test_an_occupied_port_is_named_at_once(tmp_path: Path, kafka: EmbeddedKafka) -> None:
    """Before anything was started."""
    taken = Settings(data_dir=tmp_path / "data", http=Address("127.0.0.1", kafka.port))
    with pytest.raises(PdmError, match=f"127.0.0.1:{kafka.port} is in use by another process"):
        Service(taken, commands=stubs(tmp_path / "journal")).start()
    assert not (tmp_path / "journal").exists()


def test_a_foreign_broker_that_is_absent_is_named(tmp_path: Path) -> None:
    """--bootstrap with a wrong address ends the start with that address."""
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(BrokerError, match=f"no Kafka answers at {nowhere}"):
        Service(settings(tmp_path, nowhere), False, stubs(tmp_path / "journal")).start()
