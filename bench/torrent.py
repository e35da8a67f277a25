"""A source that posts as fast as it is answered: batches of 1,000 readings, written before the clock starts.

A batch is the text of one group of machines at one second. Its values are drawn once, in some variants;
only the time is put in as it goes, so that the client costs little beside the service it measures.
"""

import asyncio
import time
from http import HTTPStatus

import aiohttp
import numpy as np

from bench.workload import CHANNELS, GRID, Array, assets, values
from pdm.instant import rfc3339

BATCH = 1_000
VARIANTS = 4
UNDER_WAY = 48
"""Requests under way at a time; a group of machines has one of them at most, so its seconds stay in order."""
HEADERS = {"Content-Type": "application/json", "PDM-Source": "bench"}
_TIME = b"1970-01-01T00:00:00Z"


class Torrent:
    """Posts some machines of 8 channels, second by second of data time, from `start` on.

    readings : accepted so far
    """

    def __init__(self, url: str, machines: int, start: int, seed: int) -> None:
        self._url, self._start = url, start
        size = BATCH // len(CHANNELS)
        rng, names = np.random.default_rng(seed), assets(machines)
        self._groups = [
            [_batch(names, np.arange(first, min(first + size, machines)), rng) for _ in range(VARIANTS)]
            for first in range(0, machines, size)
        ]
        self._rows = [min(size, machines - first) * len(CHANNELS) for first in range(0, machines, size)]
        self.readings = 0
        self.seconds = 0

    async def run(self, duration: float) -> None:
        """Post for so many seconds of the wall clock, then let what is under way be finished."""
        end, room = time.monotonic() + duration, asyncio.Semaphore(UNDER_WAY)
        timeout = aiohttp.ClientTimeout(total=60.0)
        connector = aiohttp.TCPConnector(limit=UNDER_WAY)
        async with aiohttp.ClientSession(
            self._url, timeout=timeout, headers=HEADERS, connector=connector
        ) as client:
            await asyncio.gather(*(self._deliver(client, room, g, end) for g in range(len(self._groups))))

    async def _deliver(
        self, client: aiohttp.ClientSession, room: asyncio.Semaphore, group: int, end: float
    ) -> None:
        """Post one group, a second of data time after the other."""
        second = 0
        while time.monotonic() < end:
            at = rfc3339((self._start + second) * GRID).encode()
            content = self._groups[group][second % VARIANTS].replace(_TIME, at)
            async with room:
                await self._post(client, content)
            self.readings += self._rows[group]
            second += 1
            self.seconds = max(self.seconds, second)

    async def _post(self, client: aiohttp.ClientSession, content: bytes) -> None:
        """Post a batch until it is accepted; raises RuntimeError where it is refused."""
        while True:
            async with client.post("/v1/readings", data=content) as answer:
                if answer.status == HTTPStatus.ACCEPTED:
                    return
                if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
                later = float(answer.headers.get("Retry-After", "1"))
            await asyncio.sleep(later)


def _batch(names: list[str], machines: Array, rng: np.random.Generator) -> bytes:
    """Write the readings of some machines, all of them well."""
    table = values(rng, machines, np.zeros(len(machines), np.int64))
    texts = [
        f'{{"asset":"{names[m]}","channel":"{c.name}","quantity":"{c.quantity}",'
        f'"unit":"{c.unit}","time":"{_TIME.decode()}","value":{value:.6g}}}'
        for m, row in zip(machines.tolist(), table.tolist(), strict=True)
        for c, value in zip(CHANNELS, row, strict=True)
    ]
    return f"[{','.join(texts)}]".encode()
