"""InfluxDB's manners: its errors as its clients read them, and the questions they ask when they start."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pdm.errors import BrokerError, PdmError, RefusedError
from pdm.gateway import body
from pdm.gateway.outlet import WAIT_S
from pdm.gateway.problems import HttpError
from pdm.records.reading import Reason

VERSION = "2.7-pdm"
"""The version whose writing we speak; clients ask for it, and look no further."""
NAMED = 5
"""Refusals that an answer names; the others are in its count."""

_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "invalid",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "request too large",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.TOO_MANY_REQUESTS: "too many requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
_CREATE = re.compile(r'\s*create\s+database\s+("(?:[^"\\]|\\.)*"|[^\s;]+)[^;]*;?\s*', re.IGNORECASE)
_SHOW = re.compile(r"\s*show\s+databases\s*;?\s*", re.IGNORECASE)


class InfluxError(Struct, frozen=True):
    """An error as clients of InfluxDB 2 and 3 read it."""

    code: str
    message: str


class InfluxError1(Struct, frozen=True):
    """An error as clients of InfluxDB 1 read it."""

    error: str


class InfluxHealth(Struct, frozen=True):
    """What `GET /health` says: "pass"."""

    name: str
    message: str
    status: str
    version: str


class InfluxResults(Struct, frozen=True):
    """What `/query` says to the statements that clients send when they start."""

    results: list[dict[str, Any]]


def influx_error(
    status: HTTPStatus, message: str, more: Mapping[str, str] | None = None, *, old: bool
) -> Response:
    """Answer with an error; `more` are headers, `old` is for clients of InfluxDB 1."""
    content = InfluxError1(message) if old else InfluxError(_CODES.get(status, "invalid"), message)
    headers = {"X-Influxdb-Version": VERSION, "X-Influxdb-Error": _latin(message), **(more or {})}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(WAIT_S)
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def translated(error: PdmError, *, old: bool) -> Response:
    """Answer one of our errors in their words; raises it again where it is none for a client."""
    if isinstance(error, HttpError):
        return influx_error(error.status, error.detail, error.headers, old=old)
    if isinstance(error, BrokerError):
        return influx_error(HTTPStatus.SERVICE_UNAVAILABLE, str(error), old=old)
    if isinstance(error, RefusedError):
        large = error.reason is Reason.TOO_LARGE
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if large else HTTPStatus.BAD_REQUEST
        return influx_error(status, error.detail, old=old)
    raise error


async def ping(_request: Request) -> Response:
    """Say that somebody is there."""
    return Response(
        status_code=HTTPStatus.NO_CONTENT, headers={"X-Influxdb-Version": VERSION, "X-Influxdb-Build": "PDM"}
    )


async def health(_request: Request) -> Response:
    """Say that the process lives, in InfluxDB's words."""
    return _json(InfluxHealth("influxdb", "ready for writes", "pass", VERSION))


async def query(request: Request) -> Response:
    """Answer CREATE DATABASE and SHOW DATABASES, which clients send when they start; there is no database."""
    statement = request.query_params.get("q", "")
    if not statement and request.method == "POST":
        posted = parse_qs((await body.read(request)).decode(errors="replace"))
        statement = posted.get("q", [""])[0]
    if _CREATE.fullmatch(statement):
        return _json(InfluxResults([{"statement_id": 0}]))
    if _SHOW.fullmatch(statement):
        names = [[name] for name in (request.query_params.get("db"),) if name]
        found: dict[str, Any] = {"name": "databases", "columns": ["name"], "values": names}
        return _json(InfluxResults([{"statement_id": 0, "series": [found]}]))
    return influx_error(
        HTTPStatus.BAD_REQUEST,
        "only CREATE DATABASE and SHOW DATABASES are answered: ask /v1/assets, /v1/events",
        old=True,
    )


def _json(content: Struct) -> Response:
    return Response(
        msgspec.json.encode(content), headers={"X-Influxdb-Version": VERSION}, media_type="application/json"
    )


def _latin(text: str) -> str:
    """Write a text as a header may hold it."""
    return text.encode("ascii", "replace").decode()[:512]
