"""The observer follows the feed without losing or doubling anything."""

import asyncio

import httpx
import msgspec
from fakes.demo import advice_on, event

from pdm.demo.observe import Observer, Sight, mean_latency
from pdm.records.event import Event
from pdm.store.protocol import Page

EVENTS = [event("pump-01", raised=second) for second in range(5)]
METRICS = """\
# TYPE pdm_accepted_to_event_seconds histogram
pdm_accepted_to_event_seconds_bucket{le="+Inf"} 4
pdm_accepted_to_event_seconds_count 4
pdm_accepted_to_event_seconds_sum 0.5
"""


class Api:
    """An API with a feed of which so many events are there."""

    def __init__(self, there: int = 0) -> None:
        self.there = there

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, two items to a page."""
        if request.url.path == "/metrics":
            return httpx.Response(200, text=METRICS)
        begin = int(request.url.params.get("cursor", "0"))
        items = tuple(EVENTS[begin : min(self.there, begin + 2)])
        if request.url.path == "/v1/advice":
            advice = Page(tuple(advice_on(one) for one in items), None)
            return httpx.Response(200, content=msgspec.json.encode(advice))
        endless = request.url.params.get("view") == "feed"
        end = begin + len(items)
        page: Page[Event] = Page(items, str(end) if endless or end < self.there else None)
        return httpx.Response(200, content=msgspec.json.encode(page))


def observer(client: httpx.AsyncClient) -> Observer:
    """Give an observer whose clock stands at 7."""
    return Observer(client, "monitor:1", Sight(), clock=lambda: 7.0)


async def _follow(api: Api) -> Sight:
    async with httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://api") as client:
        watcher = observer(client)
        await watcher.look()
        assert watcher.sight.first_event is None
        for api.there in (3, 3, 5):
            await watcher.look()
        return watcher.sight


def test_sees_each_event_once_as_it_comes() -> None:
    """Over several looks and pages: all, in their order, and when the first was there."""
    sight = asyncio.run(_follow(Api()))
    assert sight.events == EVENTS
    assert (sight.first_event, sight.raised, sight.latency_s) == (7.0, 5, 0.125)


def test_reads_all_pages() -> None:
    """Lists that end are read to their end."""

    async def read() -> tuple[list[Event], int]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(Api(5)), base_url="http://api") as client:
            return await observer(client).events(), len(await observer(client).advice())

    events, advice = asyncio.run(read())
    assert events == EVENTS
    assert advice == 2


def test_no_event_no_latency() -> None:
    """A mean of nothing is not zero."""
    assert mean_latency("") is None
    assert mean_latency(METRICS.replace(" 4", " 0").replace("0.5", "0.0")) is None
