"""Delivers the simulated readings over HTTP, as an integrator would: in order, with retries, acknowledged."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx
import msgspec

from pdm.demo.wire import Group, body, groups
from pdm.errors import PdmError
from pdm.instant import NS, rfc3339
from pdm.records.reading import Receipt
from pdm.simulator.plant_file import SOURCE
from pdm.simulator.simulation import Chunk, Simulation

SECONDS_PER_REQUEST, GROUPS = 10, 4
PATIENCE_S, PAUSE_S, LONGEST_PAUSE_S = 60.0, 0.2, 5.0
HEADERS = {"PDM-Source": SOURCE, "Content-Type": "application/json"}


class DeliveryError(PdmError):
    """The gateway refused what it should take, or did not answer for too long."""


@dataclass
class Tally:
    """What has been delivered so far; one object, kept up to date for whoever watches.

    simulated : seconds of the scenario that are acknowledged
    answers   : seconds each request took, from the first try to the acknowledgement
    """

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    retries: int = 0
    simulated: int = 0
    answers: list[float] = field(default_factory=list)


class Feed:
    """One delivery of a whole scenario; machines of a group never have two requests under way.

    speed : seconds of the scenario in a second, or 0 for as fast as it is taken
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        simulation: Simulation,
        tally: Tally,
        speed: float = 0.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._simulation, self._speed = client, simulation, speed
        self._pause, self._clock = pause, clock
        self._groups: Sequence[Group] = groups(simulation.plates, GROUPS)
        self.tally = tally

    async def deliver(self) -> Tally:
        """Post all chunks, the groups side by side, then say that nothing more will come.

        raises DeliveryError
        """
        began = self._clock()
        for chunk in self._simulation.chunks(SECONDS_PER_REQUEST):
            early = chunk.start / self._speed - (self._clock() - began) if self._speed else 0.0
            if early > 0.0:
                await self._pause(early)
            await asyncio.gather(*(self._post(group, chunk) for group in self._groups))
            self.tally.simulated = chunk.start + len(chunk.time)
        await self._end()
        return self.tally

    async def _post(self, group: Group, chunk: Chunk) -> None:
        begin = time.perf_counter()
        answer = await self._insist("/v1/readings", body(group, chunk))
        receipt = msgspec.json.decode(answer.content, type=Receipt)
        self.tally.accepted += receipt.accepted
        self.tally.rejected += len(receipt.rejected)
        self.tally.duplicates += receipt.duplicates
        self.tally.answers.append(time.perf_counter() - begin)

    async def _end(self) -> None:
        scenario = self._simulation.scenario
        last = rfc3339(scenario.start_ns + (scenario.duration_s - 1) * NS)
        ends = {plate.asset: last for plate in self._simulation.plates}
        await self._insist(f"/v1/sources/{SOURCE}/end", msgspec.json.encode(ends))

    async def _insist(self, path: str, content: bytes) -> httpx.Response:
        """Post until it is taken: again after 503 as long as it asks for, and after a lost connection."""
        waited, pause = 0.0, PAUSE_S
        while True:
            try:
                answer = await self._client.post(path, content=content, headers=HEADERS)
            except httpx.TransportError as lost:
                reason, wait = f"{type(lost).__name__}: {lost}", pause
            else:
                if answer.is_success:
                    return answer
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    raise DeliveryError(f"{path}: {answer.status_code} {answer.text[:500]}")
                reason, wait = answer.text[:500], _retry_after(answer, pause)
            if waited + wait > PATIENCE_S:
                raise DeliveryError(f"{path}: not taken within {PATIENCE_S:.0f} s: {reason}")
            self.tally.retries += 1
            await self._pause(wait)
            waited, pause = waited + wait, min(2.0 * pause, LONGEST_PAUSE_S)


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else otherwise
