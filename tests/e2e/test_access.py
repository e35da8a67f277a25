"""`pdmctl up` beyond loopback: it makes a key, says so once, and lets nobody in without."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certificates
import httpx
import pytest
from certificates import Certificates
from fakes.gateway import batch

from pdm.broker.ports import free_port

JSON = {"Content-Type": "application/json"}


@contextmanager
def up(folder: Path, *arguments: str) -> Iterator[tuple[str, Path]]:
    """Start the whole service, and give where it is when it is ready, and what it says on standard error."""
    said = folder / "stderr"
    command = [sys.executable, "-m", "pdm", "up", "--data-dir", str(folder / "data"), *arguments]
    with (
        said.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready: "), said.read_text("utf-8")
            yield line.split()[1], said
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


def pdmctl(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "pdm", *arguments],
        env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def everything_written(folder: Path) -> Iterator[bytes]:
    """Give the content of each file of the service: store, logs, broker."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_beyond_loopback_a_key_is_made_shown_once_and_needed(tmp_path: Path) -> None:
    """Over TLS: refused without a key, taken with it; revoked, it is refused at once, without a restart."""
    pem: Certificates = certificates.make(tmp_path / "pem")
    tls = ("--tls-cert", str(pem.cert), "--tls-key", str(pem.key))
    everywhere = f"0.0.0.0:{free_port()}"
    with up(tmp_path, "--http", everywhere, *tls) as (url, said):
        (key,) = re.findall(r"^  (pdm_\S+)$", said.read_text("utf-8"), re.MULTILINE)
        sent = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=url, verify=certificates.context(pem.ca), timeout=20.0) as asked:
            refused = asked.post("/v1/readings", content=batch(1), headers=JSON)
            assert (refused.status_code, "www-authenticate" in refused.headers) == (401, True)
            assert asked.get("/healthz").status_code == 200
            taken = asked.post("/v1/readings", content=batch(1), headers={**JSON, **sent})
            assert (taken.status_code, taken.json()["accepted"]) == (202, 1)
            ask = ("assets", "--json", "--url", url, "--ca", str(pem.ca))
            assert pdmctl(*ask, PDM_API_KEY=key).returncode == 0
            assert "a key is needed" in pdmctl(*ask).stderr
            assert "certificate verify failed" in pdmctl(*ask[:-2], PDM_API_KEY=key).stderr
            data = ("--data-dir", str(tmp_path / "data"))
            (listed,) = json.loads(pdmctl("keys", "list", "--json", *data).stdout)["keys"]
            assert pdmctl("keys", "revoke", listed["id"], *data).returncode == 0
            assert asked.get("/v1/assets", headers=sent).status_code == 401
    secret = key.encode()
    assert not any(secret in content for content in everything_written(tmp_path / "data"))
    with up(tmp_path, "--http", everywhere, *tls) as (_, said):
        assert "pdm_" not in said.read_text("utf-8")
