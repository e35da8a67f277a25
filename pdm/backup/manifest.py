"""The manifest of an archive: what is in it, and how to tell that it still is."""

from msgspec import Struct

FORMAT = 1
"""Raised when an archive of before can no longer be read."""

NAME = "manifest.json"


class Part(Struct, frozen=True):
    """One file in the archive."""

    name: str
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """The first file of an archive.

    created  : wall clock, RFC 3339
    version  : of the service; schema: of its tables; engine: where the rows came from
    digest   : of the store, as `pdmctl store digest` tells it; rows: how many each table had
    settings : those that a new installation has to repeat, no secret among them
    """

    format: int
    created: str
    version: str
    schema: int
    engine: str
    digest: str
    rows: dict[str, int]
    settings: dict[str, str]
    parts: tuple[Part, ...]


class Position(Struct, frozen=True):
    """How far one partition has been recorded: the offset to read next."""

    topic: str
    partition: int
    next: int


class RunRecorded(Struct, frozen=True):
    """When a replay run was last added to, in ns of the recorder's clock."""

    run: str
    recorded_ns: int


EVENTS, ADVICE, ASSETS = "store/events.jsonl", "store/advice.jsonl", "store/assets.jsonl"
CONTROL = "store/control.jsonl"
POSITIONS, RUNS = "store/positions.jsonl", "store/runs.jsonl"
FILES = "files"
"""The folder of what is not in the store: plant file, keys."""
