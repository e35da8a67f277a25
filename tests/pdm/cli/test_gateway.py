"""`pdmctl gateway` as a process: it listens, says what it lacks, and stops when told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes.gateway import batch

from pdm.broker.ports import free_port
from pdm.gateway.body import LARGEST


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Start a gateway that has no broker, and return its address and the process."""
    port, nobody = free_port(), free_port()
    command = [
        sys.executable,
        "-m",
        "pdm",
        "gateway",
        "--http",
        f"127.0.0.1:{port}",
        "--data-dir",
        str(tmp_path),
    ]
    environment = {
        **os.environ,
        "PDM_BOOTSTRAP": f"127.0.0.1:{nobody}",
        "PDM_METRICS": f"127.0.0.1:{free_port()}",
    }
    with subprocess.Popen(command, env=environment) as running:
        url = f"http://127.0.0.1:{port}"
        await_answer(url)
        yield url, running
        running.kill()


def await_answer(url: str) -> None:
    """Wait until the process answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            assert httpx.get(f"{url}/healthz").status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the gateway does not answer"
            time.sleep(0.05)
        else:
            return


@pytest.mark.e2e
def test_a_gateway_without_a_broker_answers_and_stops(process: tuple[str, "subprocess.Popen[bytes]"]) -> None:
    """Alive, not ready, 503 for readings, 413 over a real socket, and status 0 on SIGTERM."""
    url, running = process
    headers = {"Content-Type": "application/json"}
    with httpx.Client(base_url=url, timeout=20.0) as client:
        assert client.get("/readyz").status_code == 503
        assert client.post("/v1/readings", content=batch(1), headers=headers).status_code == 503
        too_large = client.post("/v1/readings", content=b" " * (LARGEST + 1), headers=headers)
        assert too_large.status_code == 413
        assert "pdm_rejected_total" in client.get("/metrics").text
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
