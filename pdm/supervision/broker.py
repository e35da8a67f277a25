"""The embedded broker as a supervised process: it comes back on its port, with its data."""

import logging
import time

from pdm.broker.embedded import EmbeddedKafka
from pdm.errors import BrokerError
from pdm.supervision.patience import Patience

log = logging.getLogger(__name__)


class SupervisedBroker:
    """An embedded Kafka that has to run; see `Worker`, which this answers like."""

    name = "kafka"

    def __init__(self, kafka: EmbeddedKafka) -> None:
        self.restarts = 0
        self._kafka = kafka
        self._waiting = False
        self._patience = Patience()

    @property
    def pid(self) -> int | None:
        """Process id, or None while it does not run."""
        return self._kafka.pid if self._kafka.alive() else None

    def start(self) -> None:
        """Start it, and return when it serves."""
        self._kafka.start()
        self._waiting = False
        self._patience.started(time.monotonic())

    def tend(self) -> bool:
        """Notice its end, or start it again when the pause is over; True if anything changed."""
        if self._kafka.alive():
            return False
        now = time.monotonic()
        if not self._waiting:
            self._waiting = True
            pause = self._patience.ended(now)
            log.warning("kafka ended, restart %d in %.1f s: %s", self.restarts + 1, pause, self._kafka.log)
            return True
        return self._patience.over(now) and self._again()

    def stop(self) -> None:
        """Stop it in order."""
        self._kafka.stop()

    def kill(self) -> None:
        """Crash it (SIGKILL); the next `tend` finds it ended."""
        self._kafka.kill()

    def _again(self) -> bool:
        self.restarts += 1
        try:
            self.start()
        except BrokerError as error:
            self._patience.ended(time.monotonic())
            log.error("kafka did not come back: %s", error)  # noqa: TRY400 - the reason is in the text
        return True
