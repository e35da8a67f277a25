"""What each operation of the API needs; what is not listed here needs most."""

import re

from msgspec import Struct

from pdm.access.keys import Permission


class Need(Struct, frozen=True):
    """What a request must have.

    permission : None where any key will do
    by_place   : the operation itself keeps to the machines that a key reaches; otherwise it is for keys
                 of the whole plant alone; what a source has sent is seen by who may speak for it
    key        : False where nobody needs one
    metered    : what is delivered counts against the rate of the key
    """

    permission: Permission | None = None
    by_place: bool = False
    key: bool = True
    metered: bool = False


OPEN = Need(key=False, by_place=True)
ANY = Need(by_place=True)
DELIVER = Need(Permission.DELIVER, by_place=True, metered=True)
SPEAK = Need(Permission.DELIVER, by_place=True)
READ = Need(Permission.READ, by_place=True)
READ_ALL = Need(Permission.READ)
ACT = Need(Permission.ACT, by_place=True)
RULE = Need(Permission.RULE)
ACT_ON_ALL = Need(Permission.ACT)

NEEDS: dict[tuple[str, str], Need] = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/"): ANY,
    ("GET", "/openapi.json"): ANY,
    ("GET", "/v1/backlog"): ANY,
    ("GET", "/metrics"): READ_ALL,
    ("POST", "/v1/readings"): DELIVER,
    ("POST", "/v1/waveforms"): DELIVER,
    ("POST", "/v1/backfill"): DELIVER,
    ("POST", "/api/v2/write"): DELIVER,
    ("POST", "/write"): DELIVER,
    ("POST", "/v1/telemetry"): DELIVER,
    ("POST", "/api/v1/{device}/telemetry"): DELIVER,
    ("GET", "/ping"): OPEN,
    ("GET", "/health"): OPEN,
    ("GET", "/query"): ANY,
    ("POST", "/query"): ANY,
    ("POST", "/v1/sources/{source}/end"): SPEAK,
    ("GET", "/v1/sources/{source}/last"): SPEAK,
    ("GET", "/v1/receipts"): SPEAK,
    ("GET", "/v1/receipts/{id}"): SPEAK,
    ("GET", "/v1/assets"): READ,
    ("GET", "/v1/assets/{asset}"): READ,
    ("GET", "/v1/assets/{asset}/readings"): READ,
    ("GET", "/v1/assets/{asset}/decision"): READ,
    ("GET", "/v1/assets/{asset}/late"): READ,
    ("GET", "/v1/events"): READ,
    ("GET", "/v1/events/{id}"): READ,
    ("GET", "/v1/events/{id}/decision"): READ,
    ("GET", "/v1/advice"): READ,
    ("GET", "/v1/rules"): READ_ALL,
    ("GET", "/v1/rules/{name}"): READ_ALL,
    ("POST", "/v1/rules"): RULE,
    ("POST", "/v1/rules/diff"): READ_ALL,
    ("GET", "/v1/maintenance"): READ,
    ("POST", "/v1/maintenance"): ACT,
    ("POST", "/v1/maintenance/{id}/end"): ACT,
    ("POST", "/v1/maintenance/{id}/cancel"): ACT,
}
"""Method and path, as in the description of the API -> what that needs."""


def _pattern(path: str) -> re.Pattern[str]:
    """Match a path whose names in braces may be anything."""
    return re.compile(
        "/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))
    )


_PATTERNS = [(method, _pattern(path), need) for (method, path), need in NEEDS.items()]


def need_of(method: str, path: str) -> Need:
    """Return what a request needs; an operation that nobody listed is for keys of the whole plant alone."""
    asked = "GET" if method == "HEAD" else method
    for known, pattern, need in _PATTERNS:
        if known == asked and pattern.fullmatch(path):
            return need
    return READ_ALL if asked == "GET" else ACT_ON_ALL
