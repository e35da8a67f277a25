"""GET /metrics: our own metrics and those of the other processes as one page, family by family."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

import httpx
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger(__name__)

_TIMEOUT_S = 2.0
_OWN = ("python_", "process_")
"""Families of a process itself: ours alone are shown, since nothing would tell them apart."""

Key = tuple[str, tuple[tuple[str, str], ...]]


class Merged(Collector):
    """Families of several processes: samples of one name and labels are added up.

    Every process has all our metrics, at zero where they are another's work, so a sum is what each means.
    """

    def __init__(self, own: Iterable[Metric], pages: Iterable[str]) -> None:
        self._families: dict[str, Metric] = {}
        self._values: dict[str, dict[Key, float]] = {}
        self._add(own)
        for page in pages:
            self._add(f for f in text_string_to_metric_families(page) if not f.name.startswith(_OWN))

    def collect(self) -> Iterator[Metric]:
        """Give each family once."""
        for name, family in self._families.items():
            merged = Metric(name, family.documentation, family.type)
            for (sample, labels), value in self._values[name].items():
                merged.add_sample(sample, dict(labels), value)
            yield merged

    def _add(self, families: Iterable[Metric]) -> None:
        """Put the families of one process in."""
        for family in families:
            self._families.setdefault(family.name, family)
            values = self._values.setdefault(family.name, {})
            for sample in family.samples:
                key = sample.name, tuple(sorted(sample.labels.items()))
                values[key] = values.get(key, 0.0) + sample.value


def exposition(targets: Mapping[str, str]) -> Callable[[Request], Awaitable[Response]]:
    """Make the page; `targets` are name -> HOST:PORT of the other processes' metrics."""

    async def page(_request: Request) -> Response:
        """Show the metrics of all processes for Prometheus."""
        others = await _pages(targets)
        text = await run_in_threadpool(lambda: generate_latest(Merged(REGISTRY.collect(), others)))
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return page


async def _pages(targets: Mapping[str, str]) -> list[str]:
    """Fetch the pages of the other processes; one that does not answer is left out."""
    if not targets:
        return []
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as client:
        found = await asyncio.gather(*(_page(client, where) for where in targets.values()))
    return [page for page in found if page]


async def _page(client: httpx.AsyncClient, where: str) -> str:
    try:
        answer = await client.get(f"http://{where}/metrics")
    except httpx.HTTPError as error:
        log.info("no metrics from %s: %r", where, error)
        return ""
    return answer.text if answer.is_success else ""
