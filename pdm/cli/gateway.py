"""`pdmctl gateway`: the HTTP door, as the supervisor and compose start it."""

import logging
import os
import signal
import threading
from importlib import import_module
from pathlib import Path
from types import FrameType

import click
import uvicorn

from pdm import metrics, settings
from pdm.access.keyring import Keyring
from pdm.access.opening import certificate, first_key, required
from pdm.broker.backlog import backlog
from pdm.broker.pressure import Pressure, Watch
from pdm.broker.security import security
from pdm.cli.opening import PEM, show_first
from pdm.garbage import collect_seldom
from pdm.gateway.app import create_app
from pdm.gateway.guard import Guard, Guarded
from pdm.gateway.impatience import Impatient
from pdm.gateway.kafka_outlet import KafkaOutlet
from pdm.history.query import History
from pdm.plant.load import load
from pdm.receipts.book import open_book
from pdm.settings import Settings
from pdm.store.open import open_store
from pdm.supervision.restart_series import RestartSeries


@click.command(help="Run the HTTP door for readings and questions; on loopback unless told otherwise.")
@click.option("--http", metavar="HOST:PORT", help="Where to listen; also PDM_HTTP: 127.0.0.1:8080.")
@click.option("--bootstrap", metavar="HOST:PORT", help="The broker; also PDM_BOOTSTRAP.")
@click.option("--plant", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The plant file.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the store is: ./pdm-data.")
@click.option("--tls-cert", type=PEM, help="Certificate with its chain, PEM: https; also PDM_TLS_CERT.")
@click.option("--tls-key", type=PEM, help="Its private key, PEM; also PDM_TLS_KEY.")
@click.option("--partitions", type=click.IntRange(1, 1024), help="Of each topic; also PDM_PARTITIONS: 4.")
def gateway(**flags: Path | str | int | None) -> None:
    said = {f"PDM_{name.upper()}": str(value) for name, value in flags.items() if value is not None}
    run(settings.read({**os.environ, **said}))


def run(chosen: Settings) -> None:
    """Serve until SIGTERM or SIGINT, which end this process with status 0."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL if chosen.log_level != "DEBUG" else logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    show_first(first_key(chosen))
    if chosen.metrics.port:
        metrics.serve(chosen.metrics.host, chosen.metrics.port)
    RestartSeries(chosen.data_dir)
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    pressure = Pressure()
    with Watch(pressure, chosen.bootstrap, security(chosen)):
        application = _application(chosen, pressure)
        collect_seldom()
        _serve(chosen, application)


def _serve(chosen: Settings, application: Guarded) -> None:
    """Answer requests until told to stop."""
    cert, key = certificate(chosen) or (None, None)
    uvicorn.run(
        application,
        host=chosen.http.host,
        port=chosen.http.port,
        loop="uvloop",
        http=Impatient,
        log_level=chosen.log_level.lower(),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=cert,
        ssl_keyfile=key,
        timeout_graceful_shutdown=5,
    )


def _warm() -> None:
    """Make ready what the first question why would wait for, beside the start."""
    import_module("pdm.chain.warm").warm_step()


def _application(chosen: Settings, pressure: Pressure) -> Guarded:
    """Put the gateway together, behind its guard."""
    plant, how = load(chosen.plant), security(chosen)
    guard = Guard(Keyring(chosen.keys_file, plant, chosen.reader_key), required=required(chosen))
    app = create_app(
        plant,
        KafkaOutlet(chosen.bootstrap, chosen.partitions, security=how),
        chosen.partitions,
        open_store(chosen.store_url, writing=False),
        chosen.metrics_targets,
        backlog=lambda: backlog(chosen.bootstrap, how),
        book=open_book(chosen.data_dir / "receipts.sqlite"),
        history=History(chosen.history_dir),
        pressure=pressure,
        new_names=chosen.new_names,
        heard=chosen.data_dir / "run" / "gateway.heard",
    )
    return Guarded(app, guard)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End in order: the server has its own handler while it runs, and hands the signal on afterwards."""
    raise SystemExit(0)
