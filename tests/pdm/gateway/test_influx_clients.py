"""InfluxDB's own client libraries, old and new, unchanged, over a socket."""

import gc
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import influxdb
import influxdb_client
import influxdb_client_3
import pytest
from fakes.outlet import FakeOutlet
from fakes.serving import Serving
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.write_api import SYNCHRONOUS, WriteOptions

from pdm.errors import BrokerError
from pdm.gateway.app import create_app
from pdm.instant import NS, nanoseconds
from pdm.plant.load import load

NOW = nanoseconds("2026-06-01T00:00:00Z")
AT = NOW - NS
POINT: dict[str, Any] = {
    "measurement": "vibration",
    "tags": {"machine": "pump 7", "unit": "m/s"},
    "fields": {"de": 2.5, "nde": 3},
    "time": AT,
}
WRONG: dict[str, Any] = {**POINT, "tags": {"place": "roof"}}


@pytest.fixture
def outlet() -> FakeOutlet:
    """Return an outlet that takes everything."""
    return FakeOutlet()


@pytest.fixture
def url(outlet: FakeOutlet) -> Iterator[str]:
    """Serve a gateway."""
    with Serving(create_app(load(), outlet, 1, clock_ns=lambda: NOW, linger_s=0.0)) as serving:
        yield serving.url
    with warnings.catch_warnings():
        # These libraries leave sockets to the garbage collector: here, and not in the middle of another test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def old_client(url: str) -> Any:
    """Make a client of InfluxDB 1."""
    host, port = url.removeprefix("http://").split(":")
    return influxdb.InfluxDBClient(host, int(port), "user", "secret", "plant", retries=1, gzip=True)


def new_client(url: str) -> Any:
    """Make a client of InfluxDB 2."""
    return influxdb_client.InfluxDBClient(url, token="t", org="o", enable_gzip=True)  # noqa: S106


def test_the_old_client_writes(url: str, outlet: FakeOutlet) -> None:
    """It asks for the version, creates its database, and writes points; a second precision with them."""
    client = old_client(url)
    assert client.ping()
    client.create_database("plant")
    assert client.get_list_database() == [{"name": "plant"}]
    assert client.write_points([POINT, POINT], time_precision="n")
    assert client.write_points([{**POINT, "time": AT // NS}], time_precision="s")
    assert outlet.flushes == [[2.5, 3.0, 2.5, 3.0], [2.5, 3.0]]
    assert [list(flush.values()) for flush in outlet.frontiers] == [[AT], [AT]]
    client.close()


def test_the_old_client_learns_what_was_refused(url: str, outlet: FakeOutlet) -> None:
    """The good point beside it is kept."""
    client = old_client(url)
    with pytest.raises(
        influxdb.exceptions.InfluxDBClientError, match=r"partial write: 2 accepted, 2 refused"
    ):
        client.write_points([POINT, WRONG])
    assert outlet.flushes == [[2.5, 3.0]]
    outlet.errors = [BrokerError("away")]
    with pytest.raises(influxdb.exceptions.InfluxDBServerError, match="away"):
        client.write_points([POINT])
    client.close()


def test_the_second_client_writes_points_texts_and_dictionaries(url: str, outlet: FakeOutlet) -> None:
    """Synchronously, with its escapes and time stamps."""
    point = influxdb_client.Point("vibration").tag("machine", "pump 7").tag("unit", "m/s").field("de", 2.5)
    with new_client(url) as client:
        assert client.ping()
        api = client.write_api(write_options=SYNCHRONOUS)
        api.write("plant", record=[point.time(datetime(2026, 5, 31, tzinfo=UTC)), POINT])
        api.write("plant", record="vibration,machine=a,unit=m/s de=1 1780000000", write_precision="s")
        with pytest.raises(InfluxDBError, match="no rule fits"):
            api.write("plant", record=[WRONG, POINT])
    assert outlet.flushes == [[2.5, 2.5, 3.0], [1.0], [2.5, 3.0]]


def test_the_second_client_waits_and_sends_again(url: str, outlet: FakeOutlet) -> None:
    """Its background writer obeys a 503, and nothing is lost."""
    outlet.errors = [BrokerError("away")]
    done = threading.Event()
    options = WriteOptions(batch_size=1, retry_interval=1, jitter_interval=0, max_retry_delay=1)
    with (
        new_client(url) as client,
        client.write_api(options, success_callback=lambda *_: done.set()) as api,
    ):
        api.write("plant", record=POINT)
        assert done.wait(30)
    assert outlet.flushes == [[2.5, 3.0]] * 2


def test_the_third_client_writes(url: str, outlet: FakeOutlet) -> None:
    """Over the second one's path, which is its own choice."""
    options = influxdb_client_3.WriteOptions(write_type=influxdb_client_3.WriteType.synchronous)
    with influxdb_client_3.InfluxDBClient3(
        host=url,
        token="t",  # noqa: S106
        database="plant",
        write_client_options=influxdb_client_3.write_client_options(write_options=options),
    ) as client:
        client.write(record=[POINT])
        with pytest.raises(influxdb_client_3.InfluxDBError, match="partial write"):
            client.write(record=[WRONG])
    assert outlet.flushes == [[2.5, 3.0]]
