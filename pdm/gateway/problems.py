"""Every error of the API as problem details, RFC 9457: one shape, no trace, nothing echoed unasked."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pdm.errors import BrokerError, PdmError, RefusedError
from pdm.gateway.outlet import WAIT_S
from pdm.metrics import REJECTED
from pdm.records.reading import Reason, Rejection
from pdm.store.errors import StoreError

MEDIA_TYPE = "application/problem+json"


class Problem(Struct, frozen=True):
    """Problem details; `type` is about:blank, so the title is that of the status."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


class NothingAccepted(Problem, frozen=True, kw_only=True):
    """Problem details of a request in which no reading was good: the receipt is in it."""

    accepted: int = 0
    rejected: tuple[Rejection, ...] = ()
    duplicates: int = 0


class HttpError(PdmError):
    """A request that cannot be answered as it was meant: a status and what to do about it."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Write problem details."""
    return Response(msgspec.json.encode(problem), problem.status, headers, MEDIA_TYPE)


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a status and a sentence."""
    return answer(Problem(status.phrase, status.value, detail), headers)


def on_http(_request: Request, error: Exception) -> Response:
    """Answer what the router refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - the registration says so
    status = HTTPStatus(error.status_code)
    detail = error.detail if error.detail != status.phrase else _SAID.get(status, status.description)
    return problem(status, detail, error.headers)


def on_error(_request: Request, error: Exception) -> Response:
    """Answer our own errors."""
    if isinstance(error, HttpError):
        return problem(error.status, error.detail, error.headers)
    if isinstance(error, BrokerError | StoreError):
        return unavailable(str(error))
    if isinstance(error, RefusedError):
        large = error.reason is Reason.TOO_LARGE
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if large else HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(status, error.detail)
    raise error


def on_bug(_request: Request, _error: Exception) -> Response:
    """Answer what should not have happened; the server logs the trace, and it stays there."""
    REJECTED.labels(Reason.BUG).inc()
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an error of the service; its log says more")


def unavailable(detail: str) -> Response:
    """Ask the client to come again."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(WAIT_S)})


_SAID = {
    HTTPStatus.NOT_FOUND: "there is nothing here; /openapi.json lists what there is",
    HTTPStatus.METHOD_NOT_ALLOWED: "this path does not take this method; Allow lists those it takes",
}
