"""A live source: each machine's readings of each second posted in that second, spread over it."""

import asyncio
import time
from collections.abc import Sequence
from http import HTTPStatus

import aiohttp
import numpy as np
from msgspec import Struct

from bench.workload import CHANNELS, GRID, VIBRATING, assets, values
from pdm.instant import rfc3339

SOURCE = "bench"
HEADERS = {"PDM-Source": SOURCE, "Content-Type": "application/json"}
GROUPS = 50
"""Requests a second; a group of machines has one request under way at a time."""


class Posted(Struct, frozen=True):
    """One request, by the wall clock of the client in ns; what is behind its schedule counts from there."""

    due: int
    answered: int


class Live:
    """Posts the readings of some machines at their pace.

    ill    : for each machine, the second in which its vibration doubles for `ILL_S` seconds, or -1
    posted : (group, second of data time) -> what became of the request
    """

    ILL_S = 15

    def __init__(self, url: str, ill: Sequence[int], seed: int) -> None:
        self._url, self._ill = url, np.array(ill)
        self._rng = np.random.default_rng(seed)
        self._assets = assets(len(ill))
        self.posted: dict[tuple[int, int], Posted] = {}
        self.start = 0

    def group(self, machine: int) -> int:
        """Say with which others a machine travels."""
        return machine % GROUPS

    def run(self, seconds: int) -> None:
        """Post for so many seconds of the wall clock; raises RuntimeError where a request is refused."""
        asyncio.run(self._run(seconds))

    async def _run(self, seconds: int) -> None:
        self.start = int(time.time()) + 1
        timeout = aiohttp.ClientTimeout(total=30.0)
        async with aiohttp.ClientSession(self._url, timeout=timeout, headers=HEADERS) as client:
            await asyncio.gather(*(self._deliver(client, group, seconds) for group in range(GROUPS)))

    async def _deliver(self, client: aiohttp.ClientSession, group: int, seconds: int) -> None:
        mine = np.arange(group, len(self._ill), GROUPS)
        for second in range(seconds):
            due = self.start + second + (group + 0.5) / GROUPS
            content = self._body(mine, second)
            await asyncio.sleep(max(0.0, due - time.time()))
            async with client.post("/v1/readings", data=content) as answer:
                if answer.status != HTTPStatus.ACCEPTED:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
            self.posted[group, self.start + second] = Posted(int(due * GRID), time.time_ns())

    def _body(self, machines: np.ndarray[tuple[int], np.dtype[np.int64]], second: int) -> bytes:
        """Write the readings of some machines at one second."""
        table = values(self._rng, machines, np.zeros(len(machines), np.int64))
        since = second - self._ill[machines]
        table[(self._ill[machines] >= 0) & (since >= 0) & (since < self.ILL_S), VIBRATING] *= 2.0
        at = rfc3339((self.start + second) * GRID)
        texts = [
            f'{{"asset":"{self._assets[m]}","channel":"{c.name}","quantity":"{c.quantity}",'
            f'"unit":"{c.unit}","time":"{at}","value":{value!r}}}'
            for m, row in zip(machines.tolist(), table.tolist(), strict=True)
            for c, value in zip(CHANNELS, row, strict=True)
        ]
        return f"[{','.join(texts)}]".encode()
