"""Back-pressure: while a stage is so far behind that more would push out what it has yet to read."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from pdm import metrics
from pdm.broker.admin import admin
from pdm.broker.fill import RETENTION, Fill, fills
from pdm.broker.security import PLAIN, Security
from pdm.errors import BrokerError

log = logging.getLogger(__name__)

FULL, EASED = 0.5, 0.4
"""Readings are held back from the one share of the retention on, until no more than the other is left."""
LOOK_EVERY_S = 2.0
STALE_S = 60.0
"""How long the last look counts where the broker does not answer the next."""
HELD_BACK = "readings are held back"
NOT_OURS = frozenset({"ingest"})
"""Stages whose lag holds nobody back here: others write what they read."""


class Pressure:
    """What the last look at the topics says to those who bring more; asking it costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full: dict[str, Fill] = {}
        self._looked = clock()

    def note(self, seen: Mapping[str, Fill]) -> None:
        """Take a look in: how far behind each stage is."""
        self._looked, before = self._clock(), self._full
        for stage, fill in seen.items():
            metrics.LAG_RATIO.labels(stage).set(fill.ratio)
        self._full = {
            stage: fill
            for stage, fill in seen.items()
            if stage not in NOT_OURS and fill.ratio > (EASED if stage in before else FULL)
        }
        if self._full.keys() != before.keys():
            log.warning("%s", self.why or "readings are taken again: no stage is far behind any more")

    @property
    def why(self) -> str:
        """Say why nothing more is taken; "" while it is."""
        if not self._full or self._clock() - self._looked > STALE_S:
            return ""
        stage, fill = max(self._full.items(), key=lambda item: item[1])
        return (
            f"{HELD_BACK}: {stage} has yet to read {fill.ratio:.0%} of what {fill.topic} retains; "
            f"they are taken again from {EASED:.0%} on"
        )

    def check(self) -> None:
        """Return where more can be taken; raises BrokerError with the reason where not."""
        if why := self.why:
            raise BrokerError(why)


class Watch:
    """Looks at the topics again and again in a thread of its own, as long as it is entered."""

    def __init__(
        self,
        pressure: Pressure,
        bootstrap: str,
        security: Security = PLAIN,
        retention: Mapping[str, int] = RETENTION,
    ) -> None:
        self._pressure, self._bootstrap, self._security = pressure, bootstrap, security
        self._retention = retention
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="pressure", daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()

    def _look(self) -> None:
        """Connect, and look until told to stop; after an error connect anew."""
        while not self._ending.is_set():
            try:
                with admin(self._bootstrap, security=self._security) as client:
                    self._look_again(client)
            except (BrokerError, OSError) as error:
                log.info("how far the stages are behind is not known: %s", error)
                self._ending.wait(LOOK_EVERY_S)

    def _look_again(self, client: Any) -> None:
        """Look with one client; raises KafkaError."""
        while not self._ending.is_set():
            self._pressure.note(fills(client, self._retention))
            self._ending.wait(LOOK_EVERY_S)
