"""The description of the API, OpenAPI 3.1, made from the very types that are sent."""

import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from pdm.gateway.operations import Operation
from pdm.gateway.problems import MEDIA_TYPE, Problem
from pdm.gateway.secured import SCHEMES, refusals, security
from pdm.records.posted import Reading

_PLAIN = {"text": "text/plain", "html": "text/html"}
EXAMPLE = {
    "asset": "pump-7",
    "channel": "de-velocity",
    "quantity": "vibration",
    "time": "2026-01-01T00:00:00Z",
    "value": 2.3,
    "unit": "mm/s",
    "quality": "good",
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Describe the API."""
    types = _types(operations)
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    components["Reading"]["examples"] = [EXAMPLE]
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Predictive maintenance",
            "version": _version(),
            "description": "Readings in; machines, events and advice out. Numbers are in SI units; "
            "`shown_unit` names the unit in which people read them. "
            "Errors are problem details, RFC 9457. On loopback no key is needed unless it is configured.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SCHEMES},
    }


def described(operations: Sequence[Operation]) -> Callable[[Request], Awaitable[Response]]:
    """Make the route that gives the description."""
    content = msgspec.json.encode(document(operations))

    async def openapi(_request: Request) -> Response:
        """Describe the API."""
        return Response(content, media_type="application/json")

    return openapi


def _types(operations: Sequence[Operation]) -> list[Any]:
    """Collect the types that are sent and received, each once."""
    found: dict[str, Any] = {repr(Reading): Reading, repr(Problem): Problem}
    for operation in operations:
        for kind in (*(operation.body or {}).values(), *operation.answers.values()):
            if kind is not None and not isinstance(kind, str):
                found.setdefault(repr(kind), kind)
    return list(found.values())


def _operation(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    """Describe one operation."""
    method, path = operation.method, operation.path
    found: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"\w+", f"{method.lower()} {path}")),
        "summary": operation.summary,
        "security": security(method, path),
        "responses": _answers(operation, schema_of),
    }
    for media in operation.also:
        found["responses"]["200"]["content"][media] = {}
    if operation.detail:
        found["description"] = operation.detail
    if operation.parameters:
        found["parameters"] = list(operation.parameters)
    if operation.body:
        plain = {"type": "string"}
        content = {
            media: {} if kind == "binary" else {"schema": plain if kind == "text" else schema_of[repr(kind)]}
            for media, kind in operation.body.items()
        }
        found["requestBody"] = {"required": True, "content": content}
    return found


def _answers(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    """Describe all answers; one status may have a content of the operation's, and one of a refusal."""
    found = {status: _answer(status, kind, schema_of) for status, kind in operation.answers.items()}
    for status, kind in refusals(operation.method, operation.path).items():
        refused = _answer(status, kind, schema_of)
        known = found.setdefault(status, refused)
        known["content"] = {**refused["content"], **known["content"]}
    return {str(status): answer for status, answer in sorted(found.items())}


def _answer(status: int, kind: Any, schema_of: dict[str, Any]) -> dict[str, Any]:
    """Describe one answer."""
    about = HTTPStatus(status).phrase
    if kind is None:
        return {"description": about}
    if isinstance(kind, str):
        return {"description": about, "content": {_PLAIN[kind]: {"schema": {"type": "string"}}}}
    media = MEDIA_TYPE if isinstance(kind, type) and issubclass(kind, Problem) else "application/json"
    found: dict[str, Any] = {"description": about, "content": {media: {"schema": schema_of[repr(kind)]}}}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        found["headers"] = {"Retry-After": seconds}
    return found


def _version() -> str:
    try:
        return version("pdm-service")
    except PackageNotFoundError:
        return "0"
