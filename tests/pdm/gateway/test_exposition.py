"""The page of metrics: ours and those of other processes, each family once."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fakes.gateway import ask
from fakes.outlet import FakeOutlet
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pdm.gateway.app import create_app
from pdm.gateway.exposition import Merged
from pdm.plant.load import load


def process(number: int) -> CollectorRegistry:
    """Make the metrics of a process."""
    registry = CollectorRegistry()
    counter = Counter("pdm_things_total", "Things.", ["kind"], registry=registry)
    counter.labels("a").inc(number)
    counter.labels(f"only-{number}").inc()
    Counter("pdm_ends_total", "Ends.", ["stage", "outcome"], registry=registry).labels("s", "o").inc(number)
    Gauge("pdm_level", "A level.", registry=registry).set(number)
    Histogram("pdm_wait_seconds", "A wait.", buckets=(1, 10), registry=registry).observe(number)
    Gauge("process_resident_memory_bytes", "Memory.", registry=registry).set(number)
    return registry


def samples(page: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read a page; a sample that is there twice is an error."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def test_families_are_merged_and_samples_added_up() -> None:
    """Counters, gauges and histograms of all processes are one; what is about a process stays ours."""
    pages = [generate_latest(process(number)).decode() for number in (2, 20)]
    text = generate_latest(Merged(process(5).collect(), pages)).decode()
    assert text.count("# TYPE pdm_things_total counter") == 1
    found = samples(text)
    assert found["pdm_things_total", (("kind", "a"),)] == 27
    assert found["pdm_things_total", (("kind", "only-20"),)] == 1
    assert found["pdm_ends_total", (("outcome", "o"), ("stage", "s"))] == 27
    assert found["pdm_level", ()] == 27
    assert found["pdm_wait_seconds_bucket", (("le", "10.0"),)] == 2
    assert found["pdm_wait_seconds_bucket", (("le", "+Inf"),)] == 3
    assert found["pdm_wait_seconds_sum", ()] == 27
    assert found["process_resident_memory_bytes", ()] == 5


@pytest.fixture
def other() -> Iterator[str]:
    """Serve the metrics of another process, and return where."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(generate_latest(process(3)))

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_shows_all_processes_and_bears_the_loss_of_one(other: str) -> None:
    """One address to scrape; a process that is being started again does not take the page away."""
    targets = {"align": other, "gone": "127.0.0.1:1"}
    answer = ask(create_app(load(), FakeOutlet(), 1, metrics_targets=targets), "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = samples(answer.text)
    assert found["pdm_level", ()] == 3
    assert ("pdm_readings_total", (("quantity", "vibration"),)) in found
