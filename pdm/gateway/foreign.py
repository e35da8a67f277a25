"""What clients of InfluxDB and ThingsBoard find here: the routes, and their descriptions."""

from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from pdm.chain.acquisition.lines import PRECISIONS
from pdm.gateway import influx
from pdm.gateway.desk import Desk
from pdm.gateway.flush import Flusher
from pdm.gateway.influx import InfluxError, InfluxError1, InfluxHealth, InfluxResults
from pdm.gateway.operations import DOOR, Operation, Parameter
from pdm.gateway.problems import NothingAccepted, Problem
from pdm.gateway.telemetry import Telemetry
from pdm.gateway.write import Write
from pdm.plant.spec import Plant
from pdm.records.reading import PointReceipt


def foreign_routes(plant: Plant, flusher: Flusher, desk: Desk, clock_ns: Callable[[], int]) -> list[Route]:
    """Route what they send and ask."""
    write = Write(plant, flusher, desk, clock_ns)
    telemetry = Telemetry(plant, flusher, desk, clock_ns)
    return [
        Route("/api/v2/write", write.post, methods=["POST"]),
        Route("/write", write.post_old, methods=["POST"]),
        Route("/ping", influx.ping),
        Route("/health", influx.health),
        Route("/query", influx.query, methods=["GET", "POST"]),
        Route("/v1/telemetry", telemetry.post, methods=["POST"]),
        Route("/api/v1/{device}/telemetry", telemetry.post_device, methods=["POST"]),
    ]


def _asked(name: str, about: str, **schema: Any) -> Parameter:
    whole = {"type": "string", **schema}
    return {"name": name, "in": "query", "required": False, "description": about, "schema": whole}


HEADERS = DOOR[0].parameters
"""Who delivers, as with any other readings."""
_DEVICE = {**_asked("device", "The machine."), "in": "path", "required": True}
_POINTS = (
    _asked("precision", "What a timestamp counts.", enum=list(PRECISIONS)),
    _asked("verdicts", "1: every verdict in the answer, 202 or 422, instead of the words of InfluxDB."),
    *HEADERS,
)
_WRITTEN = (
    "Fields become readings by the [[mappings]] of the plant file; good ones are kept whatever is wrong "
)
_WRITTEN += "beside them, and then 400 counts and names the refused ones. After 503 send the same again."
FOREIGN = (
    Operation(
        "POST",
        "/api/v2/write",
        "Deliver line protocol, as to InfluxDB 2 or 3",
        {
            202: PointReceipt,
            204: None,
            422: NothingAccepted,
            **dict.fromkeys((400, 403, 413, 415, 429, 503), InfluxError),
        },
        _WRITTEN,
        {"text/plain": "text"},
        (_asked("bucket", 'Names the source, unless PDM-Source does; "default" unless said.'), *_POINTS),
    ),
    Operation(
        "POST",
        "/write",
        "Deliver line protocol, as to InfluxDB 1",
        {
            202: PointReceipt,
            204: None,
            422: NothingAccepted,
            **dict.fromkeys((400, 403, 413, 415, 429, 503), InfluxError1),
        },
        _WRITTEN,
        {"text/plain": "text"},
        (_asked("db", 'Names the source, unless PDM-Source does; "default" unless said.'), *_POINTS),
    ),
    Operation("GET", "/ping", "Is anybody there? For clients of InfluxDB", {204: None}),
    Operation("GET", "/health", "Is the process alive? In InfluxDB's words", {200: InfluxHealth}),
    *(
        Operation(
            method,
            "/query",
            "Answer what clients of InfluxDB 1 ask when they start",
            {200: InfluxResults, 400: InfluxError1},
            "CREATE DATABASE and SHOW DATABASES; there is no database behind it.",
            parameters=(_asked("q", "The statement."), _asked("db", "What SHOW DATABASES lists.")),
        )
        for method in ("GET", "POST")
    ),
    Operation(
        "POST",
        "/v1/telemetry",
        "Deliver telemetry, as to ThingsBoard",
        {202: PointReceipt, 400: Problem, 413: Problem, 415: Problem, 422: NothingAccepted, 503: Problem},
        'Keys and values, {"ts": ms, "values": {...}}, a list of either, or an object of machines with such '
        "lists. Keys become channels by the [[mappings]] of the plant file, or as it declares them.",
        {"application/json": dict[str, Any] | list[dict[str, Any]]},
        (_asked("asset", "The machine, where the body does not name it."), *HEADERS),
    ),
    Operation(
        "POST",
        "/api/v1/{device}/telemetry",
        "Deliver telemetry, as a device of ThingsBoard does",
        {
            200: PointReceipt,
            400: Problem,
            404: Problem,
            413: Problem,
            415: Problem,
            422: NothingAccepted,
            503: Problem,
        },
        "In place of the token stands the name of a machine that the plant file declares. It is no secret.",
        {"application/json": dict[str, Any] | list[dict[str, Any]]},
        (_DEVICE, *HEADERS),
    ),
)
"""What is there always, beside our own."""
