"""GET /v1/assets/{asset}/readings: the history of a machine, as JSON, CSV or Parquet, page by page."""

import io
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct, field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.gateway.guard import grant_of
from pdm.gateway.parameters import HistoryQuestion, ParameterError, history_question
from pdm.gateway.problems import problem, unavailable
from pdm.history import parquet
from pdm.history.manifest import HistoryError
from pdm.history.page import page, plain
from pdm.history.query import History
from pdm.history.rows import Array, Rows
from pdm.history.sheets import sheet
from pdm.instant import rfc3339

CSV, PARQUET, JSON = "text/csv", "application/vnd.apache.parquet", "application/json"
KINDS = {CSV: "csv", PARQUET: "parquet"}
NEXT = "PDM-Next"
"""Header of a CSV or Parquet answer with the cursor of the next page."""
TURN_S = 5.0
COLUMN_OF = {"value": "value", "mean": "value", "min": "low", "max": "high", "last": "last", "count": "count"}
"""What is asked for -> column of the history."""


class Series(Struct, frozen=True):
    """One channel. The lists are parallel; numbers are in `unit`, SI.

    values          : `value` without a step, otherwise what `agg` names
    quality, origin : without a step only
    """

    channel: str
    quantity: str
    unit: str
    times: list[str]
    values: dict[str, list[float]]
    quality: list[str] = []
    origin: list[str] = []


class ReadingsPage(Struct, frozen=True):
    """Readings of one machine in [from, to), and the cursor of those that follow; None at the end."""

    asset: str
    run: str
    begin: str = field(name="from")
    end: str = field(name="to")
    series: list[Series]
    next: str | None


def history_routes(history: History, clock_ns: Callable[[], int] = time.time_ns) -> list[Route]:
    """Return the routes on the history of readings."""
    return [Route("/v1/assets/{asset}/readings", Readings(history, clock_ns).get)]


class Readings:
    """The door to the history. One question is answered at a time: each may read many files."""

    def __init__(self, history: History, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._history, self._clock_ns = history, clock_ns
        self._turn = threading.Semaphore(1)

    async def get(self, request: Request) -> Response:
        """Answer with a page of readings, or of averages over a step."""
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        if not grant_of(request).reaches(request.path_params["asset"]):
            return problem(HTTPStatus.NOT_FOUND, "no such machine, or none that the key reaches")
        try:
            asked = history_question(request.query_params, request.path_params["asset"], self._clock_ns())
        except ParameterError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        if not self._turn.acquire(timeout=TURN_S):
            return unavailable("others are asking for history: come again")
        try:
            rows, following = page(self._history, asked.query, asked.limit)
        except HistoryError as error:
            return unavailable(str(error))
        finally:
            self._turn.release()
        return _written(rows, following, asked, request.headers.get("accept", JSON))


def _written(rows: Rows, following: int | None, asked: HistoryQuestion, accept: str) -> Response:
    """Write a page as the client likes it."""
    after = rfc3339(following) if following is not None else None
    headers = {NEXT: after} if after else {}
    for media, kind in KINDS.items():
        if media in accept:
            sink = io.BytesIO()
            with sheet(kind, sink) as write:
                write(table(rows, asked.aggregates))
            return Response(sink.getvalue(), media_type=media, headers=headers)
    query = asked.query
    found = ReadingsPage(
        query.assets[0],
        query.run,
        rfc3339(query.begin_ns),
        rfc3339(query.end_ns),
        _series(rows, asked.aggregates),
        after,
    )
    return Response(msgspec.json.encode(found), media_type=JSON, headers=headers)


def table(rows: Rows, aggregates: tuple[str, ...]) -> pa.Table:
    """Return rows as a table with the columns that were asked for, named as they were asked for."""
    if not aggregates:
        return parquet.table(plain(rows)).drop_columns(["offset"])
    whole = parquet.table(rows)
    columns = {name: whole[name] for name in ("asset", "run", "channel", "quantity", "unit", "time")}
    empty = pa.array([], pa.float64())
    found = {name: whole[COLUMN_OF[name]] if len(rows) else empty for name in aggregates}
    return pa.table({**columns, **found})


def _series(rows: Rows, aggregates: tuple[str, ...]) -> list[Series]:
    """Write each signal of a page."""
    bounds = np.searchsorted(rows.code, np.arange(len(rows.signals) + 1))
    found = []
    for signal, begin, end in zip(rows.signals, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if begin < end:
            some = rows.take(slice(begin, end)).columns
            values = {name: some[COLUMN_OF[name]].tolist() for name in aggregates or ("value",)}
            times = list(map(rfc3339, some["time"].tolist()))
            texts = () if aggregates else (_texts("quality", some), _texts("origin", some))
            found.append(Series(signal.channel, signal.quantity, signal.unit, times, values, *texts))
    return found


def _texts(name: str, columns: dict[str, Array]) -> list[str]:
    words = parquet.QUALITIES if name == "quality" else parquet.ORIGINS
    return [words[code] for code in columns[name].tolist()]
