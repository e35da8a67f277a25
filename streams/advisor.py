"""AG as a Faust application: events become advice, at once from code, later perhaps in better words."""

import asyncio
import logging
import time
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import faust
import msgspec

from pdm import metrics
from pdm.broker.topics import ADVICE, EVENTS
from pdm.chain.acquisition.partition import partition_of
from pdm.chain.advisory.draft import draft
from pdm.explainer.breaker import State
from pdm.explainer.guarded import Guarded
from pdm.explainer.llm import Completions
from pdm.explainer.word import word
from pdm.knowledge.shipped import shipped
from pdm.plant.load import load
from pdm.records.advice import Advice
from pdm.records.event import DATA, Event, Kind
from pdm.settings import Settings
from streams.app import letters, make_app
from streams.core import Message
from streams.stateful import Stateful

log = logging.getLogger(__name__)

STAGE = "advisor"
WAITING = 100
"""Drafts that may wait for the language model; beyond these a draft stands as it is."""

Wish = tuple[Advice, Event]

_EVENT = msgspec.msgpack.Decoder(Event)
_ENCODER = msgspec.msgpack.Encoder()


class AdvisorCore:
    """Drafts advice; its only state is how far it has come."""

    def __init__(self, zone: ZoneInfo, wishes: "asyncio.Queue[Wish] | None") -> None:
        self._zone = zone
        self._wishes = wishes
        self._newest = -1

    def eat(self, _topic: int, offset: int, payload: bytes) -> list[Message]:
        """Draft advice on an event; one that ends an alarm needs none."""
        began, event = time.monotonic(), _EVENT.decode(payload)
        self._newest = offset
        if event.kind is Kind.CLEAR:
            return []
        advice = draft(event, shipped(), self._zone)
        if self._wishes is not None and not self._wishes.full() and event.subject != DATA:
            self._wishes.put_nowait((advice, event))
        metrics.ADVICE.labels("draft").inc()
        metrics.RECORDS.labels(STAGE, "advised").inc()
        metrics.ADVICE_SECONDS.labels("draft").observe(time.monotonic() - began)
        return [message(advice)]

    def skip(self, _topic: int, offset: int) -> None:
        """Pass over an event that could not be read."""
        self._newest = offset

    def views(self) -> list[Message]:
        """Return nothing: advice is all there is to see."""
        return []

    def rows(self) -> dict[str, bytes]:
        """Return nothing: the cursor is all there is to save."""
        return {}

    def cursor(self) -> list[int]:
        """Return the newest offset that was advised on."""
        return [self._newest]

    def confirmed(self) -> None:
        """Do nothing: nobody is told how far this has come."""

    def restore(self, _rows: Mapping[str, bytes], cursor: list[int]) -> None:
        """Go on from the cursor."""
        self._newest = cursor[0]


def message(advice: Advice) -> Message:
    """Write advice as a message."""
    return Message(ADVICE, advice.asset.encode(), _ENCODER.encode(advice))


async def publish_wording(app: faust.App, model: Guarded, zone: ZoneInfo, wish: Wish) -> None:
    """Have one draft worded, checked, and publish what came of it; the draft is out already."""
    began = time.monotonic()
    worded = await word(wish[0], wish[1], model, zone)
    metrics.LLM_BREAKER_OPEN.set(model.breaker.state is State.OPEN)
    if worded.revision == wish[0].revision:
        return
    metrics.ADVICE.labels(worded.source).inc()
    metrics.ADVICE_VIOLATIONS.inc(len(worded.violations))
    metrics.ADVICE_SECONDS.labels(worded.source).observe(time.monotonic() - began)
    out = message(worded)
    partition = partition_of(worded.asset, app.conf.topic_partitions)
    await (await letters(app, ADVICE).send(key=out.key, value=out.value, partition=partition))


def application(settings: Settings) -> faust.App:
    """Return the application that drafts advice, and has it worded where a model is configured."""
    app, zone = make_app(STAGE, settings), ZoneInfo(load(settings.plant).timezone)
    wishes: asyncio.Queue[Wish] | None = asyncio.Queue(WAITING) if settings.llm_base_url else None
    Stateful(app, STAGE, (EVENTS,), lambda: AdvisorCore(zone, wishes))

    if wishes is not None:

        async def word_drafts() -> None:
            """Word one draft after the other; no event ever waits for it."""
            url, name, key = settings.llm_base_url, settings.llm_model, settings.llm_api_key
            async with Completions(url, name, key) as completions:
                model = Guarded(completions)
                while not app.should_stop:
                    await publish_wording(app, model, zone, await wishes.get())

        app.task(word_drafts)

    return app
