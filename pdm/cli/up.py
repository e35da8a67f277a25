"""`pdmctl up`: the whole service on this machine, until it is told to stop."""

import logging
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import click

from pdm import settings
from pdm.access.opening import first_key
from pdm.cli.opening import PEM, show_first
from pdm.settings import Settings
from pdm.supervision.service import COMMANDS, Service


@click.command(help="Start everything on this machine: broker, gateway, workers; until SIGTERM or Ctrl-C.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept: ./pdm-data.")
@click.option("--http", metavar="HOST:PORT", help="Where the gateway listens: 127.0.0.1:8080.")
@click.option("--bootstrap", metavar="HOST:PORT", help="Use this Kafka and start none; also PDM_BOOTSTRAP.")
@click.option("--plant", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The plant file.")
@click.option("--tls-cert", type=PEM, help="Certificate of the gateway with its chain, PEM: https.")
@click.option("--tls-key", type=PEM, help="Its private key, PEM.")
@click.option(
    "--partitions", type=click.IntRange(1, 1024), help="Of each topic, fixed with the first start: 4."
)
def up(**flags: Path | str | int | None) -> None:
    said = {f"PDM_{name.upper()}": str(value) for name, value in flags.items() if value is not None}
    run(settings.read({**os.environ, **said}), embedded=not {**os.environ, **said}.get("PDM_BOOTSTRAP"))


def run(chosen: Settings, embedded: bool, commands: Mapping[str, Sequence[str]] = COMMANDS) -> None:
    """Run the service until SIGTERM or SIGINT, which end this process with status 0."""
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("kafka", "httpx"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(chosen.log_level)))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    show_first(first_key(chosen))
    click.echo(f"starting in {chosen.data_dir.absolute()} ...", err=True)
    with Service(chosen, embedded, commands) as service:
        _tell(service)
        while True:
            signal.pause()


def _end(_number: int, _frame: FrameType | None) -> None:
    """End in order, once: what is under way when the second signal comes is the stopping itself."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    click.echo("stopping ...", err=True)
    raise SystemExit(0)


def _tell(service: Service) -> None:
    click.echo(f"ready: {service.url}")
    click.echo(f"  Kafka     {service.bootstrap}")
    click.echo(f"  data      {service.settings.data_dir}")
    click.echo(f"  logs      {service.log('NAME')}")
    for name, where in service.metrics.items():
        click.echo(f"  {name:<9} process {service.pids.get(name, '-')}, metrics http://{where}/metrics")
