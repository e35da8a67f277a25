"""The feed delivers everything once, in order, and does not give up too early or too late."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest

from pdm.demo.feed import PATIENCE_S, SECONDS_PER_REQUEST, DeliveryError, Feed, Tally
from pdm.instant import nanoseconds, rfc3339
from pdm.records.reading import Receipt
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation

SCENARIO = Scenario(machines=6, duration_s=600)


class Gateway:
    """A gateway that takes everything, unless it has been told what to answer first."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.times: dict[str, list[int]] = defaultdict(list)
        self.ends: dict[str, str] = {}
        self.headers: list[httpx.Headers] = []
        self.busy: set[str] = set()
        self._answers = list(answers)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.headers.append(request.headers)
        if self._answers:
            answer = self._answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if request.url.path.endswith("/end"):
            self.ends = msgspec.json.decode(request.content)
            return httpx.Response(202)
        return await self._take(msgspec.json.decode(request.content))

    async def _take(self, readings: list[dict[str, str]]) -> httpx.Response:
        assets = {reading["asset"] for reading in readings}
        assert not assets & self.busy
        self.busy |= assets
        await asyncio.sleep(0)
        self.busy -= assets
        for reading in readings:
            self.times[reading["asset"]].append(nanoseconds(reading["time"]))
        return httpx.Response(202, content=msgspec.json.encode(Receipt(len(readings), (), 0)))


async def _no_time(_seconds: float) -> None:
    """Wait no time."""


def deliver(
    gateway: Gateway, pause: Callable[[float], Awaitable[None]] = _no_time, **pace: Any
) -> tuple[Tally, Simulation]:
    """Deliver the scenario to the gateway."""
    simulation = Simulation(SCENARIO)

    async def run() -> Tally:
        transport = httpx.MockTransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await Feed(client, simulation, Tally(), pause=pause, **pace).deliver()

    return asyncio.run(run()), simulation


def test_delivers_all_readings_in_order_and_ends() -> None:
    """Every reading is acknowledged, each machine's times rise, and the last frames are closed."""
    gateway = Gateway()
    tally, simulation = deliver(gateway)
    assert tally.accepted == simulation.readings
    assert tally.simulated == SCENARIO.duration_s
    assert all(times == sorted(times) for times in gateway.times.values())
    last = rfc3339(SCENARIO.start_ns + 599 * 1_000_000_000)
    assert gateway.ends == {plate.asset: last for plate in simulation.plates}


def test_names_its_source() -> None:
    """Each request says that it comes from the simulator, which the plant file declares in order."""
    gateway = Gateway()
    deliver(gateway)
    assert {headers["PDM-Source"] for headers in gateway.headers} == {"simulator"}


def test_waits_as_long_as_it_is_asked_to() -> None:
    """503 with Retry-After is no failure: the same readings come again after that time."""
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    tally, simulation = deliver(Gateway(httpx.Response(503, headers={"Retry-After": "3"})), pause)
    assert waits == [3.0]
    assert (tally.retries, tally.accepted) == (1, simulation.readings)


def test_survives_a_lost_connection() -> None:
    """A gateway that is started again costs a retry, nothing else."""
    tally, simulation = deliver(Gateway(httpx.ConnectError("refused"), httpx.ReadError("reset")))
    assert (tally.retries, tally.accepted) == (2, simulation.readings)


def test_gives_up_on_a_refusal() -> None:
    """A 400 will not become better by asking again: the gateway's words are in the error."""
    with pytest.raises(DeliveryError, match="400 no such thing"):
        deliver(Gateway(httpx.Response(400, text="no such thing")))


def test_gives_up_when_nothing_answers() -> None:
    """After a minute of retries it is an error, with what was last said."""
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    with pytest.raises(DeliveryError, match="ConnectError"):
        deliver(Gateway(*[httpx.ConnectError("refused")] * 1000), pause)
    assert max(waited) <= 5.0
    assert sum(waited) <= 6 * PATIENCE_S


def test_counts_what_was_refused() -> None:
    """Rejections and duplicates of a receipt are added up."""
    receipt = (
        b'{"accepted": 1, "rejected": [{"index": 0, "reason": "future", "detail": "x"}], "duplicates": 2}'
    )
    tally, _ = deliver(Gateway(httpx.Response(202, content=receipt)))
    assert (tally.rejected, tally.duplicates) == (1, 2)


def test_keeps_the_pace_it_was_given() -> None:
    """At 60 times real time, ten minutes take ten seconds, less the last request's share."""
    now = 0.0

    async def pause(seconds: float) -> None:
        nonlocal now
        now += seconds

    deliver(Gateway(), pause, speed=60.0, clock=lambda: now)
    assert now == pytest.approx((SCENARIO.duration_s - SECONDS_PER_REQUEST) / 60.0)


def test_a_slow_gateway_is_not_hurried() -> None:
    """Where it is late already, it does not wait on top."""
    ticks = iter(range(0, 100_000, 100))
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    deliver(Gateway(), pause, speed=60.0, clock=lambda: float(next(ticks)))
    assert waits == []
