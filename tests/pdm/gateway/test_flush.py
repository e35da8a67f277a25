"""Flushes: who travels together, in which order, and what happens to those who wait."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fakes.gateway import batch, gateway, with_client
from fakes.outlet import FakeOutlet

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.columns import Columns
from pdm.chain.acquisition.decode import JSON
from pdm.errors import BrokerError
from pdm.gateway import flush
from pdm.gateway.flush import Flusher
from pdm.gateway.silence import Silence
from pdm.plant.load import load
from pdm.records.block import Machine, Source

HEADERS = {"Content-Type": "application/json"}
LIVE, OTHER = Source(), Source("other")


def columns(*values: float) -> Columns:
    """Make the columns of a request."""
    return admit(batch(*values), JSON, load(), 2**62).columns


def run(outlet: FakeOutlet, use: Callable[[Flusher], Awaitable[None]], linger_s: float = 0.0) -> None:
    """Use a flusher."""

    async def using() -> None:
        await use(Flusher(outlet, 1, Silence(10**9), lambda: 0, linger_s))

    asyncio.run(using())


def test_requests_of_one_source_that_come_together_are_one_flush() -> None:
    """Each has its own receipt; another source has a flush of its own."""
    outlet = FakeOutlet()

    async def use(client: httpx.AsyncClient) -> tuple[httpx.Response, ...]:
        return await asyncio.gather(
            client.post("/v1/readings", content=batch(1, 2), headers=HEADERS),
            client.post("/v1/readings", content=batch(3), headers=HEADERS),
            client.post("/v1/readings", content=batch(4), headers={**HEADERS, "PDM-Source": "other"}),
        )

    answers = with_client(gateway(outlet), use)
    assert [answer.json()["accepted"] for answer in answers] == [2, 1, 1]
    assert outlet.flushes == [[1.0, 2.0, 3.0], [4.0]]


def test_a_full_flush_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough readings go at once, however long the others would wait."""
    monkeypatch.setattr(flush, "MOST_ROWS", 3)
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        await asyncio.gather(flusher.deliver(LIVE, columns(1, 2)), flusher.deliver(LIVE, columns(3)))

    run(outlet, use, linger_s=3600)
    assert outlet.flushes == [[1.0, 2.0, 3.0]]


def test_no_answer_before_the_acknowledgement() -> None:
    """A request waits as long as the broker has not said that everything is safe."""
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        outlet.gate = asyncio.Event()
        task = asyncio.create_task(flusher.deliver(LIVE, columns(1)))
        await outlet.reached.wait()
        assert not task.done()
        outlet.gate.set()
        await task

    run(outlet, use)


def test_an_error_reaches_everybody_who_waits_and_nobody_else() -> None:
    """All requests of a failed flush fail; the next flush does not."""
    outlet = FakeOutlet()
    outlet.errors = [BrokerError("away")]

    async def use(flusher: Flusher) -> None:
        both = [flusher.deliver(LIVE, columns(1)), flusher.deliver(LIVE, columns(2))]
        assert [type(found) for found in await asyncio.gather(*both, return_exceptions=True)] == [
            BrokerError
        ] * 2
        await flusher.deliver(LIVE, columns(3))

    run(outlet, use)
    assert outlet.flushes == [[1.0, 2.0], [3.0]]


def test_a_client_that_goes_away_takes_nobody_with_it() -> None:
    """Its readings and those of its neighbours are sent all the same."""
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        gone = asyncio.create_task(flusher.deliver(LIVE, columns(1)))
        stays = asyncio.create_task(flusher.deliver(LIVE, columns(2)))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    run(outlet, use)
    assert outlet.flushes == [[1.0, 2.0]]


def test_an_end_goes_behind_everything_its_source_delivered() -> None:
    """Readings that still wait, or are on their way, come first."""
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        outlet.gate = asyncio.Event()
        waiting = asyncio.create_task(flusher.deliver(LIVE, columns(1)))
        await asyncio.sleep(0)
        end = asyncio.create_task(flusher.close_frames(LIVE, {Machine("pump-1"): 9}))
        for _ in range(20):
            await asyncio.sleep(0)
        assert outlet.flushes == [[1.0]]
        outlet.gate.set()
        await asyncio.gather(waiting, end)

    run(outlet, use, linger_s=3600)
    assert outlet.flushes == [[1.0], []]
    assert outlet.frontiers[1] == {"pump-1": 9}


def test_draining_sends_what_waits() -> None:
    """A gateway that stops leaves nothing behind."""
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        tasks = [asyncio.create_task(flusher.deliver(s, columns(n))) for n, s in enumerate((LIVE, OTHER))]
        await asyncio.sleep(0)
        await flusher.drain()
        assert all(task.done() for task in await asyncio.wait(tasks) and tasks)

    run(outlet, use, linger_s=3600)
    assert outlet.flushes == [[0.0], [1.0]]


def test_too_many_waiting_readings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: clients are told to come later, and may when the broker has caught up."""
    monkeypatch.setattr(flush, "MOST_WAITING", 1)
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        outlet.gate = asyncio.Event()
        task = asyncio.create_task(flusher.deliver(LIVE, columns(1, 2)))
        await outlet.reached.wait()
        with pytest.raises(BrokerError, match="waiting"):
            await flusher.deliver(LIVE, columns(3))
        outlet.gate.set()
        await task
        await flusher.deliver(LIVE, columns(3))

    run(outlet, use)
    assert outlet.flushes == [[1.0, 2.0], [3.0]]


def test_more_channels_than_a_block_can_name_are_two_flushes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of a channel has two bytes."""
    monkeypatch.setattr(flush, "MOST_CHANNELS", 1)
    outlet = FakeOutlet()

    async def use(flusher: Flusher) -> None:
        await asyncio.gather(flusher.deliver(LIVE, columns(1)), flusher.deliver(LIVE, columns(2)))

    run(outlet, use)
    assert outlet.flushes == [[1.0], [2.0]]
