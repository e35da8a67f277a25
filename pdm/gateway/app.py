"""The gateway, put together: which route leads where, and what lives as long as it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.broker.pressure import Pressure
from pdm.chain.acquisition.newcomers import MOST_NAMES, Newcomers
from pdm.errors import PdmError
from pdm.gateway import queries
from pdm.gateway.backfill import Backfill
from pdm.gateway.backlog import backlog_route
from pdm.gateway.decisions import Decisions
from pdm.gateway.desk import Desk
from pdm.gateway.exposition import exposition
from pdm.gateway.flush import LINGER_S, Flusher
from pdm.gateway.foreign import FOREIGN, foreign_routes
from pdm.gateway.health import healthz, readyz
from pdm.gateway.history import history_routes
from pdm.gateway.last import Lasts
from pdm.gateway.late import late_routes
from pdm.gateway.maintenance import MAINTENANCE, MaintenanceDoor, maintenance_routes
from pdm.gateway.openapi import described
from pdm.gateway.operations import BACKLOG, DECISIONS, DOOR, HISTORY, QUERIES, Operation
from pdm.gateway.outlet import Outlet
from pdm.gateway.page import page
from pdm.gateway.problems import on_bug, on_error, on_http
from pdm.gateway.readings import Readings
from pdm.gateway.receipts import receipt_routes
from pdm.gateway.remembering import remembering
from pdm.gateway.rules import RULES, RulesDoor, rules_routes
from pdm.gateway.silence import Silence, beat
from pdm.gateway.sources import Sources
from pdm.gateway.waveforms import Waveforms
from pdm.history.query import History
from pdm.plant.spec import Plant
from pdm.receipts.book import Book
from pdm.receipts.keeper import Keeper
from pdm.store.protocol import Store

ERRORS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    HTTPException: on_http,
    PdmError: on_error,
    Exception: on_bug,
}
"""What answers an error, by its type."""


def create_app(  # noqa: PLR0913 - the one place where everything meets
    plant: Plant,
    outlet: Outlet,
    partitions: int,
    store: Store | None = None,
    metrics_targets: Mapping[str, str] | None = None,
    clock_ns: Callable[[], int] = time.time_ns,
    linger_s: float = LINGER_S,
    backlog: Callable[[], dict[str, int]] | None = None,
    *,
    book: Book | None = None,
    history: History | None = None,
    pressure: Pressure | None = None,
    new_names: int = MOST_NAMES,
    heard: Path | None = None,
) -> Starlette:
    """Put the gateway together.

    store           : for the query API, which is absent without one
    metrics_targets : name -> HOST:PORT of the other processes' metrics
    backlog         : what each stage has still to do; absent without a broker
    book            : receipts of the last day; in memory without one
    history         : past readings, whose query is absent without it
    pressure        : what says when nothing more may be taken; never without one
    new_names       : how many names a source may bring that the plant file does not declare
    heard           : where it is written down when each machine was heard; nowhere without one
    """
    silence = Silence(plant.frame_ns)
    flusher = Flusher(outlet, partitions, silence, clock_ns, linger_s)
    desk = _desk(book, clock_ns, Newcomers(plant, new_names), pressure)
    routes = [
        *_doors(plant, outlet, partitions, flusher, silence, desk, clock_ns),
        *foreign_routes(plant, flusher, desk, clock_ns),
        *receipt_routes(desk, clock_ns),
        *(_kept(store, plant, outlet, partitions, clock_ns) if store else ()),
        *(_remembered(history, store, plant, clock_ns) if history else ()),
        *([Route("/v1/backlog", backlog_route(backlog))] if backlog else []),
        *_about(plant, outlet, desk.pressure, [*_offered(store, history, backlog)], metrics_targets or {}),
    ]
    lifespan = _lifespan(outlet, flusher, silence, desk.keeper, clock_ns, heard)
    return Starlette(routes=routes, exception_handlers=ERRORS, lifespan=lifespan)


def _desk(
    book: Book | None, clock_ns: Callable[[], int], newcomers: Newcomers, pressure: Pressure | None
) -> Desk:
    """Put the desk together that all doors have behind them."""
    keeper = Keeper(book or Book(None), clock_ns)
    return Desk(keeper, Lasts(), clock_ns, newcomers, pressure or Pressure())


def _offered(store: object, history: object, backlog: object) -> Iterator[Operation]:
    """Give the operations that are always there, and those of the parts that are."""
    yield from (*DOOR, *FOREIGN)
    yield from (*QUERIES, *MAINTENANCE, *RULES) if store else ()
    yield from HISTORY if history else ()
    yield from DECISIONS if store and history else ()
    yield from BACKLOG if backlog else ()


def _kept(
    store: Store, plant: Plant, outlet: Outlet, partitions: int, clock_ns: Callable[[], int]
) -> list[Route]:
    """Route what the store answers, and what people change of it."""
    maintenance = MaintenanceDoor(plant, outlet, partitions, store, clock_ns)
    rules = RulesDoor(plant, outlet, partitions, store, clock_ns)
    return [*queries.routes(store), *maintenance_routes(maintenance, store), *rules_routes(rules)]


def _remembered(
    history: History, store: Store | None, plant: Plant, clock_ns: Callable[[], int]
) -> list[Route]:
    """Route what the history answers: readings, those that came late, and why there was an alarm or none."""
    decisions = Decisions(history.folder, store, clock_ns)
    late = late_routes(history, store, plant.frame_ns, clock_ns) if store else []
    return [*history_routes(history, clock_ns), *late, *decisions.routes()]


def _doors(
    plant: Plant,
    outlet: Outlet,
    partitions: int,
    flusher: Flusher,
    silence: Silence,
    desk: Desk,
    clock_ns: Callable[[], int],
) -> list[Route]:
    """Route what is delivered in our own words."""
    doors = {
        "/v1/readings": Readings(plant, flusher, desk, clock_ns).post,
        "/v1/waveforms": Waveforms(plant, outlet, partitions, desk, clock_ns).post,
        "/v1/backfill": Backfill(plant, outlet, partitions, desk, clock_ns).post,
        "/v1/sources/{source}/end": Sources(plant, flusher, silence, clock_ns).end,
    }
    return [Route(path, door, methods=["POST"]) for path, door in doors.items()]


def _about(
    plant: Plant,
    outlet: Outlet,
    pressure: Pressure,
    operations: Sequence[Operation],
    metrics_targets: Mapping[str, str],
) -> list[Route]:
    """Route what the gateway says of itself."""
    return [
        Route("/", page(plant.name, operations)),
        Route("/healthz", healthz),
        Route("/readyz", readyz(outlet, pressure)),
        Route("/metrics", exposition(metrics_targets)),
        Route("/openapi.json", described(operations)),
    ]


def _lifespan(
    outlet: Outlet,
    flusher: Flusher,
    silence: Silence,
    keeper: Keeper,
    clock_ns: Callable[[], int],
    heard: Path | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Run the heartbeat as long as the gateway, and let nothing lie at its end."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        heart = asyncio.create_task(beat(silence, flusher.close_frames, clock_ns))
        memory = asyncio.create_task(remembering(silence, heard, clock_ns))
        try:
            yield
        finally:
            heart.cancel()
            await asyncio.wait([heart])
            await flusher.drain()
            memory.cancel()
            await asyncio.wait([memory])
            await outlet.close()
            await keeper.close()

    return lifespan
