"""The query API: machines, events and advice out of the store, page by page."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.gateway.guard import grant_of
from pdm.gateway.parameters import (
    ParameterError,
    advice_query,
    asset_query,
    event_query,
    paging,
    run_alone,
)
from pdm.gateway.problems import problem, unavailable
from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store.errors import CursorError, StoreError
from pdm.store.protocol import MAX_LIMIT, AdviceQuery, EventQuery, Store

Answer = Callable[[Request], Struct]
"""What a route does, in a thread: the store waits for the disk."""


class AssetDetail(Struct, frozen=True):
    """One machine: where it stands, and its open alarms, latest first."""

    status: AssetStatus
    open_events: tuple[Event, ...]


class EventDetail(Struct, frozen=True):
    """One event: its newest revision, all of them, the first first, and the advice on them."""

    event: Event
    revisions: tuple[Event, ...]
    advice: tuple[Advice, ...]


class NotFoundError(LookupError):
    """There is no such machine or event in the run, or none that the key reaches: both look the same."""


def routes(store: Store) -> list[Route]:
    """Return the routes of the query API on a store that is open for reading."""
    answers: dict[str, Answer] = {
        "/v1/assets": lambda asked: store.assets(
            asset_query(asked.query_params, grant_of(asked).within), *paging(asked.query_params)
        ),
        "/v1/assets/{asset}": lambda asked: _asset(store, asked),
        "/v1/events": lambda asked: store.events(
            event_query(asked.query_params, grant_of(asked).within), *paging(asked.query_params)
        ),
        "/v1/events/{id}": lambda asked: _event(store, asked),
        "/v1/advice": lambda asked: store.advice(
            advice_query(asked.query_params, grant_of(asked).within), *paging(asked.query_params)
        ),
    }
    return [Route(path, endpoint_of(answer), methods=["GET"]) for path, answer in answers.items()]


def _asset(store: Store, asked: Request) -> AssetDetail:
    run, asset = run_alone(asked.query_params), asked.path_params["asset"]
    status = store.asset(run, asset) if grant_of(asked).reaches(asset) else None
    if status is None:
        raise NotFoundError(f"no machine {asset!r} in {_run(run)}")
    is_open = store.events(EventQuery(run=run, asset=asset, open_only=True), None, MAX_LIMIT)
    return AssetDetail(status, is_open.items)


def _event(store: Store, asked: Request) -> EventDetail:
    run, event = run_alone(asked.query_params), asked.path_params["id"]
    revisions = store.event(run, event)
    if not revisions or not grant_of(asked).reaches(revisions[0].asset):
        raise NotFoundError(f"no event {event!r} in {_run(run)}")
    advice = store.advice(AdviceQuery(run=run, event=event), None, MAX_LIMIT)
    return EventDetail(revisions[-1], revisions, advice.items)


def _run(run: str) -> str:
    return f"run {run!r}" if run else "the live plant; a replay's is found with ?run=NAME"


def endpoint_of(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Let a question to the store answer a request."""

    async def endpoint(request: Request) -> Response:
        try:
            found = await run_in_threadpool(answer, request)
        except NotFoundError as error:
            return problem(HTTPStatus.NOT_FOUND, str(error))
        except (ParameterError, CursorError) as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        except StoreError as error:
            return unavailable(str(error))
        return Response(msgspec.json.encode(found), media_type="application/json")

    return endpoint
