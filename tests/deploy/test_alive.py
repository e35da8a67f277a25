"""The health check of a container: progress counts, not just an open port."""

import runpy
import time
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import CollectorRegistry, Gauge, start_http_server
from tree import ROOT

from pdm.broker.ports import free_port

main: Callable[..., str] = runpy.run_path(str(ROOT / "deploy" / "alive.py"))["main"]


@pytest.fixture
def progress() -> Iterator[tuple[Gauge, str]]:
    """A worker's metric of progress, and the page where it is shown."""
    registry = CollectorRegistry()
    gauge = Gauge("pdm_progress_timestamp_seconds", "Progress.", ["stage"], registry=registry)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    yield gauge, f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_worker_that_moved_lately_is_alive(progress: tuple[Gauge, str]) -> None:
    """As one that has nothing to do, which counts as progress too."""
    gauge, url = progress
    gauge.labels("align").set(time.time() - 5)
    assert main(url, "align") == ""


def test_a_worker_that_stands_still_is_not(progress: tuple[Gauge, str]) -> None:
    """Its port answers all the same."""
    gauge, url = progress
    gauge.labels("align").set(time.time() - 500)
    assert "stood still" in main(url, "align")


def test_a_worker_that_never_began_is_not(progress: tuple[Gauge, str]) -> None:
    """Another stage's progress is no help."""
    gauge, url = progress
    gauge.labels("monitor").set(time.time())
    assert main(url, "align") == "align has not begun"


def test_a_gateway_is_alive_when_it_answers(progress: tuple[Gauge, str]) -> None:
    """A port at which nobody listens is not."""
    assert main(progress[1]) == ""
    assert main(f"http://127.0.0.1:{free_port()}/healthz") != ""
