"""Looks at the service from outside, as its users do: events, advice, and how long an event takes."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.replay.result import alarms
from pdm.store.protocol import MAX_LIMIT, Page

T = TypeVar("T")

LOOK_EVERY_S = 0.3
LATENCY = "pdm_accepted_to_event_seconds"


@dataclass
class Sight:
    """What has been seen so far.

    first_event : `clock()` when the API first showed an event, or None
    latency_s   : mean time from an accepted reading to its event, as the monitor measures it
    """

    events: list[Event] = field(default_factory=list)
    first_event: float | None = None
    latency_s: float | None = None

    @property
    def raised(self) -> int:
        """Alarms raised so far."""
        return alarms(self.events)


class Observer:
    """Follows the feed of events until it is cancelled."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        monitor: str,
        sight: Sight,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._monitor, self._clock = client, monitor, clock
        self._cursor: str | None = None
        self.sight = sight

    async def follow(self) -> None:
        """Look again and again; a look that fails is made up for by the next: the cursor has not moved."""
        while True:
            with suppress(httpx.HTTPError, msgspec.MsgspecError):
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Take in what is new."""
        while (page := await self._page("/v1/events", Page[Event], view="feed", cursor=self._cursor)).items:
            self.sight.events += page.items
            self._cursor = page.next
            if self.sight.first_event is None:
                self.sight.first_event = self._clock()
        if self.sight.events and self._monitor:
            answer = await self._client.get(f"http://{self._monitor}/metrics")
            self.sight.latency_s = mean_latency(answer.text)

    async def events(self) -> list[Event]:
        """Read every revision of every event."""
        return await self._all("/v1/events", Page[Event], view="revisions")

    async def advice(self) -> list[Advice]:
        """Read all advice."""
        return await self._all("/v1/advice", Page[Advice])

    async def _all(self, path: str, kind: type[Page[T]], view: str | None = None) -> list[T]:
        page = await self._page(path, kind, view=view)
        items = list(page.items)
        while page.next is not None and page.items:
            page = await self._page(path, kind, view=view, cursor=page.next)
            items += page.items
        return items

    async def _page(
        self, path: str, kind: type[Page[T]], view: str | None = None, cursor: str | None = None
    ) -> Page[T]:
        given = {"limit": str(MAX_LIMIT), "view": view, "cursor": cursor}
        asked = {name: value for name, value in given.items() if value is not None}
        answer = (await self._client.get(path, params=asked)).raise_for_status()
        return msgspec.json.decode(answer.content, type=kind)


def mean_latency(metrics: str) -> float | None:
    """Read the mean latency from the monitor's metrics; None before the first event."""
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(metrics)
        if family.name == LATENCY
        for sample in family.samples
        if sample.name in {f"{LATENCY}_sum", f"{LATENCY}_count"}
    }
    count = found.get(f"{LATENCY}_count", 0.0)
    return found[f"{LATENCY}_sum"] / count if count else None
