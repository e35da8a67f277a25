"""`pdmctl status`: the processes of a service on this machine, at a look."""

import os
import time
from datetime import datetime
from pathlib import Path

import click
import msgspec
from msgspec import Struct
from rich.table import Table

from pdm.broker.backlog import backlog
from pdm.cli.tables import console
from pdm.cli.where import secured
from pdm.errors import BrokerError
from pdm.settings import read
from pdm.supervision import record
from pdm.supervision.readiness import why_not
from pdm.supervision.record import ServiceRecord


class Process(Struct, frozen=True):
    """One process; pid and since are None while it waits to be started again, lag where nobody knows.

    since : s since the epoch; lag : messages it has yet to acknowledge
    """

    name: str
    pid: int | None
    since: float | None
    restarts: int
    stalls: int
    lag: int | None


class Status(Struct, frozen=True):
    """A service; ready means that readings can be taken, and why says why they cannot."""

    url: str
    bootstrap: str
    ready: bool
    processes: tuple[Process, ...]
    why: str = ""


@click.command(help="Show the processes of the service in a data directory; status 1 unless all is well.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    default="pdm-data",
    show_default=True,
    help="Where the service is.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(data_dir: Path, as_json: bool) -> None:
    running = record.read(data_dir)
    if running is None:
        raise click.ClickException(f"no service runs in {data_dir}: start one with `pdmctl up`")
    found = look(running)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)
    if not found.ready or any(one.pid is None for one in found.processes):
        raise SystemExit(1)


def look(running: ServiceRecord) -> Status:
    """Look at every process that the supervisor tends."""
    try:
        behind = backlog(running.bootstrap, secured())
    except BrokerError:
        behind = {}
    processes = [
        Process(
            name,
            running.pids.get(name),
            running.since.get(name),
            restarts,
            running.stalls.get(name, 0),
            behind.get(name),
        )
        for name, restarts in running.restarts.items()
    ]
    why = why_not(running.url, certificate=read(os.environ).tls_cert)
    return Status(running.url, running.bootstrap, not why, tuple(processes), why)


def _show(found: Status) -> None:
    table = Table("process", "pid", "up since", "for", "restarts", "stalls", "lag")
    for one in found.processes:
        pid, since, age = "waits", "", ""
        if one.pid is not None and one.since is not None:
            pid, age = str(one.pid), _duration(time.time() - one.since)
            since = datetime.fromtimestamp(one.since).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        lag = "" if one.lag is None else str(one.lag)
        table.add_row(one.name, pid, since, age, str(one.restarts), str(one.stalls), lag)
    console().print(table)
    said = "ready" if found.ready else f"not ready ({found.why})"
    click.echo(f"{found.url} is {said}; Kafka at {found.bootstrap}")


def _duration(seconds: float) -> str:
    """Write a duration in its two largest units."""
    minutes, hours, days = int(seconds) // 60, int(seconds) // 3600, int(seconds) // 86_400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {int(seconds) % 60} s" if minutes else f"{int(seconds)} s"
