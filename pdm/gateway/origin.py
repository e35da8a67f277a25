"""Requests that a browser sends without its user's will: from another site, or under a borrowed name."""

from starlette.datastructures import Headers

from pdm.access.loopback import is_loopback

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


def from_other_site(method: str, headers: Headers) -> bool:
    """Tell whether a page of another site wants to change something here (CSRF).

    Programs that are no browsers send no Origin.
    """
    origin = headers.get("origin")
    if method in SAFE or origin is None:
        return False
    return origin.partition("://")[2].lower() != headers.get("host", "").lower()


def under_own_name(headers: Headers) -> bool:
    """Tell whether a request on loopback names this machine as itself.

    A page whose name was made to point at 127.0.0.1 (DNS rebinding) still sends its own name.
    """
    host = headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return not host or is_loopback(name)
