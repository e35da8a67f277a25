"""Where a request carries its key: in the header Authorization, and nowhere else."""

import base64
import binascii
import re

from starlette.datastructures import Headers, QueryParams

_NAMES = frozenset({"key", "token", "api_key", "apikey", "access_token", "authorization"})
_LOOKS_LIKE_ONE = re.compile(r"pdm_[a-z2-7]{8}_")


def key_in(headers: Headers) -> str | None:
    """Return the key of a request, None where it has none, "" where it cannot be read.

    `Bearer KEY`; `Token KEY`, as clients of InfluxDB 2 say it; Basic with the key as the password and any
    name, as clients of InfluxDB 1, Grafana and browsers do
    """
    said = headers.get("authorization")
    if said is None:
        return None
    scheme, _, value = said.strip().partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return value.strip()
        case "basic":
            return _password(value.strip())
        case _:
            return ""


def key_in_address(parameters: QueryParams) -> str | None:
    """Name the query parameter that carries a key, or looks like it; None where there is none.

    Addresses are kept: in logs of proxies, in histories, in bookmarks.
    """
    for name, value in parameters.multi_items():
        if name.lower() in _NAMES or _LOOKS_LIKE_ONE.match(value):
            return name
    return None


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
