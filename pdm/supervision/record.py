"""Where a running service is: `DATA_DIR/run/service.json`, for other commands on the same machine."""

from pathlib import Path

import msgspec
from msgspec import Struct


class ServiceRecord(Struct, frozen=True):
    """One running service; the file is there exactly as long as it runs, unless it was killed.

    pid      : of the supervising process; pids : of its processes, by name
    metrics  : name -> HOST:PORT of each process's Prometheus metrics
    restarts : how often each was started again after it had ended by itself
    stalls   : how often each was restarted because it made no progress
    since    : when each was last started, s since the epoch
    """

    pid: int
    bootstrap: str
    url: str
    data_dir: str
    pids: dict[str, int] = {}
    metrics: dict[str, str] = {}
    restarts: dict[str, int] = {}
    stalls: dict[str, int] = {}
    since: dict[str, float] = {}


def path(data_dir: Path) -> Path:
    """Name the file of the service in `data_dir`."""
    return data_dir / "run" / "service.json"


def write(data_dir: Path, record: ServiceRecord) -> None:
    """Replace the file whole, so that no reader sees a part of it."""
    part = path(data_dir).with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
    part.replace(path(data_dir))


def read(data_dir: Path) -> ServiceRecord | None:
    """Return what the file says, or None where no service runs in `data_dir`."""
    try:
        return msgspec.json.decode(path(data_dir).read_bytes(), type=ServiceRecord)
    except FileNotFoundError:
        return None


def remove(data_dir: Path) -> None:
    """Say that no service runs in `data_dir` any more."""
    path(data_dir).unlink(missing_ok=True)
