"""The door alone: requests of 1,000 readings to one gateway process, until a real broker has their blocks.

The client is aiohttp in this process and spends a core of its own; a request counts when its answer, which
the gateway gives after the broker's acknowledgement, is there.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx
import numpy as np
from msgspec import Struct

from bench.progress import say
from bench.workload import CHANNELS, assets, values
from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.instant import NS, rfc3339

READINGS, BODIES, CONNECTIONS = 1_000, 40, 48
SECONDS, WARM_S, PARTITIONS = 15.0, 3.0, 4
MACHINES = READINGS // len(CHANNELS)
HEADERS = {"PDM-Source": "bench"}


class Door(Struct, frozen=True):
    """Figures of one protocol.

    cpu_us_per_reading : what the gateway process spent; it hardly depends on what else the machine does
    answer_*_ms        : request sent -> answer, with `connections` requests under way
    """

    readings_per_s: int
    cpu_us_per_reading: float
    answer_p50_ms: float
    answer_p99_ms: float


class Gateway(Struct, frozen=True):
    """One gateway process on this machine, the client and the broker beside it.

    lines      : line protocol, one reading a line
    lines_of_8 : line protocol, the eight channels of a machine in one line, as Telegraf writes
    """

    json: Door
    lines: Door
    lines_of_8: Door
    readings_a_request: int = READINGS
    connections: int = CONNECTIONS
    seconds: float = SECONDS


def run(seed: int = 7) -> Gateway:
    """Post for some seconds in each protocol."""
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as place, _serving(Path(place)) as (url, process):
        found = []
        for name, path, body in (
            ("JSON", "/v1/readings", _json),
            ("line protocol", "/api/v2/write?precision=s", _lines),
            ("line protocol, 8 fields a line", "/api/v2/write?precision=s", _wide_lines),
        ):
            say(f"{name} for {SECONDS:g} s")
            bodies = [body(seed, number) for number in range(BODIES)]
            asyncio.run(_post(url, path, bodies, WARM_S))
            before = _cpu_s(process)
            rate, took = asyncio.run(_post(url, path, bodies, SECONDS))
            spent = (_cpu_s(process) - before) / (len(took) * READINGS)
            found.append(Door(round(rate), round(spent * 1e6, 2), _share(took, 50), _share(took, 99)))
        return Gateway(found[0], found[1], found[2])


def _cpu_s(process: int) -> float:
    """Read the CPU time of a process; Linux says it."""
    spent = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, int]]:
    """Run a broker with the topics, and a gateway whose plant file has a rule for each channel."""
    plant = folder / "plant.toml"
    plant.write_text(_plant(), "utf-8")
    with EmbeddedKafka(folder / "kafka") as kafka:
        topics.apply(kafka.bootstrap, PARTITIONS)
        where = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "pdm", "gateway", "--http", where, "--bootstrap", kafka.bootstrap]
        command += ["--plant", str(plant), "--data-dir", str(folder), "--partitions", str(PARTITIONS)]
        settings = {**os.environ, "PDM_METRICS": f"127.0.0.1:{free_port()}", "PDM_LOG_LEVEL": "WARNING"}
        with subprocess.Popen(command, env=settings) as process:  # noqa: S603
            try:
                _await_ready(f"http://{where}")
                yield f"http://{where}", process.pid
            finally:
                process.terminate()


def _await_ready(url: str) -> None:
    """Wait until the gateway takes readings; raises RuntimeError."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=5.0).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the gateway does not get ready")


async def _post(url: str, path: str, bodies: Sequence[bytes], seconds: float) -> tuple[float, list[float]]:
    """Post over several connections; returns readings a second, and how long each answer took in s."""
    took: list[float] = []
    begin = time.perf_counter()

    async def one(client: aiohttp.ClientSession, first: int) -> None:
        number = first
        while (start := time.perf_counter()) < begin + seconds:
            async with client.post(url + path, data=bodies[number % len(bodies)]) as answer:
                if not answer.ok:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
                await answer.read()
            took.append(time.perf_counter() - start)
            number += CONNECTIONS

    headers = {**HEADERS, "Content-Type": "application/json" if path == "/v1/readings" else "text/plain"}
    async with aiohttp.ClientSession(headers=headers) as client:
        await asyncio.gather(*(one(client, first) for first in range(CONNECTIONS)))
    rate = len(took) * READINGS / (time.perf_counter() - begin)
    return rate, took


def _share(took: Sequence[float], percent: float) -> float:
    return round(float(np.percentile(took, percent)) * 1e3, 1)


def _plant() -> str:
    """Write the rules for the lines: the channels have units by themselves."""
    rules = [
        f'[[mappings]]\nmeasurement = "pump"\nfields = "{channel.name}"\nasset = "{{machine}}"\n'
        f'channel = "{{field}}"\nquantity = "{channel.quantity}"\nunit = "{channel.unit}"\n'
        for channel in CHANNELS
    ]
    return "\n".join(rules)


def _table(seed: int, number: int) -> list[list[float]]:
    row = np.arange(MACHINES)
    found: list[list[float]] = values(np.random.default_rng(seed + number), row, row).tolist()
    return found


def _json(seed: int, number: int) -> bytes:
    at = rfc3339((int(time.time()) - BODIES + number) * NS)
    texts = [
        f'{{"asset":"{asset}","channel":"{channel.name}","quantity":"{channel.quantity}",'
        f'"unit":"{channel.unit}","time":"{at}","value":{value!r}}}'
        for asset, row in zip(assets(MACHINES), _table(seed, number), strict=True)
        for channel, value in zip(CHANNELS, row, strict=True)
    ]
    return f"[{','.join(texts)}]".encode()


def _lines(seed: int, number: int) -> bytes:
    at = int(time.time()) - BODIES + number
    return "\n".join(
        f"pump,host=edge,machine={asset} {channel.name}={value!r} {at}"
        for asset, row in zip(assets(MACHINES), _table(seed, number), strict=True)
        for channel, value in zip(CHANNELS, row, strict=True)
    ).encode()


def _wide_lines(seed: int, number: int) -> bytes:
    at = int(time.time()) - BODIES + number
    return "\n".join(
        f"pump,host=edge,machine={asset} "
        + ",".join(f"{channel.name}={value!r}" for channel, value in zip(CHANNELS, row, strict=True))
        + f" {at}"
        for asset, row in zip(assets(MACHINES), _table(seed, number), strict=True)
    ).encode()
