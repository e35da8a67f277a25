"""What the description of the API says of keys: how they come, what needs one, what is answered."""

from http import HTTPStatus
from typing import Any

from pdm.gateway.permissions import need_of
from pdm.gateway.problems import Problem

SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer KEY, or Token KEY."},
    "basic": {"type": "http", "scheme": "basic", "description": "Any name, and the key as the password."},
}
"""How a key comes; on loopback none is needed unless that is configured otherwise."""


def security(method: str, path: str) -> list[dict[str, list[str]]]:
    """Say which of the schemes an operation takes; none where it is open to all."""
    return [{name: []} for name in SCHEMES] if need_of(method, path).key else []


def refusals(method: str, path: str) -> dict[int, Any]:
    """Say what an operation may answer before it does anything; every one may find a key in the address."""
    need = need_of(method, path)
    found: dict[int, Any] = {HTTPStatus.BAD_REQUEST: Problem}
    if need.key or method != "GET":
        found[HTTPStatus.FORBIDDEN] = Problem
    if need.key:
        found[HTTPStatus.UNAUTHORIZED] = Problem
    if need.metered:
        found[HTTPStatus.TOO_MANY_REQUESTS] = Problem
    return {int(status): kind for status, kind in found.items()}
