"""The settings under which Faust loses nothing; each was found by losing data without it."""

import logging
from typing import Any, TypeAlias

import faust

from pdm.settings import Settings
from streams.consumer import pass_on_everything
from streams.credentials import credentials
from streams.folding import Folding
from streams.recovering import never_miss_the_end

MIB = 1 << 20

Stream: TypeAlias = Any
"""A stream of Faust; its own type names neither `noack` nor `events`."""
Delivery: TypeAlias = faust.EventT[Any]
"""A message as Faust delivers it, to be acknowledged."""


def make_app(stage: str, settings: Settings) -> faust.App:
    """Return the Faust application of one stage; its consumer group is `pdm-STAGE`."""
    datadir = settings.data_dir.absolute() / "run" / stage
    datadir.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"pdm-{stage}",
        broker=";".join(f"kafka://{host}" for host in settings.bootstrap.split(",")),
        broker_credentials=credentials(settings),
        store="memory://",
        datadir=str(datadir),
        key_serializer="raw",
        value_serializer="raw",
        topic_partitions=settings.partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MIB,
        producer_acks=-1,
        producer_max_request_size=4 * MIB,
        producer_linger=0.002,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_rebalance_timeout=20.0,
        broker_commit_interval=1.0,
        stream_wait_empty=False,
        stream_buffer_maxsize=256,
        web_enabled=False,
    )
    pass_on_everything(app)
    never_miss_the_end(app)
    return app


class Worker(faust.Worker):
    """A worker whose log can be read while the broker is away."""

    def on_setup_root_logger(self, logger: logging.Logger, level: int) -> None:
        """Fold what repeats, whichever library says it."""
        super().on_setup_root_logger(logger, level)
        for handler in logger.handlers:
            handler.addFilter(Folding())


def run(app: faust.App, level: str) -> None:
    """Run a Faust application in this process until it is told to stop; does not return."""
    for noisy in ("aiokafka", "faust", "mode"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    Worker(app, loglevel=level, quiet=True, redirect_stdouts=False).execute_from_commandline()


def letters(app: faust.App, *names: str) -> Any:
    """Name topics whose messages are raw bytes, to be decoded in the agent."""
    topic: Any = app.topic(
        *names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    return topic
