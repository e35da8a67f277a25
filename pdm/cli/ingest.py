"""`pdmctl ingest`: the process that takes single JSON readings from Kafka, as the supervisor starts it."""

import asyncio
import logging
import os
import signal
import sys

import click

from pdm import metrics, settings
from pdm.broker.pressure import Pressure, Watch
from pdm.broker.security import security
from pdm.garbage import collect_seldom
from pdm.gateway.kafka_outlet import KafkaOutlet
from pdm.ingest.loop import Ingest, run
from pdm.ingest.plain import give_plain_records
from pdm.plant.load import load
from pdm.plant.spec import Plant
from pdm.settings import Settings


@click.command()
def ingest() -> None:
    """Run one process that packs the readings of pdm.ingest.v1 into blocks."""
    chosen = settings.read(os.environ)
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL if chosen.log_level != "DEBUG" else logging.DEBUG)
    plant = load(chosen.plant)
    give_plain_records()
    collect_seldom()
    metrics.serve(chosen.metrics.host, chosen.metrics.port)
    if sys.platform == "win32":
        asyncio.run(_serve(chosen, plant))
    else:
        import uvloop  # noqa: PLC0415 - not there on Windows

        uvloop.run(_serve(chosen, plant))


async def _serve(chosen: Settings, plant: Plant) -> None:
    """Read until SIGTERM or SIGINT, which end this process with status 0."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    how = security(chosen)
    outlet = KafkaOutlet(chosen.bootstrap, chosen.partitions, security=how)
    pressure = Pressure()
    with Watch(pressure, chosen.bootstrap, how):
        ingest = Ingest(
            plant,
            outlet,
            chosen.partitions,
            pressure=pressure,
            new_names=chosen.new_names,
            heard=chosen.data_dir / "run" / "ingest.heard",
        )
        await run(ingest, chosen.bootstrap, stop, how)
