"""Looks now and then whether the workers move, and restarts the ones that do not."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from pdm.broker.lag import Lag
from pdm.errors import BrokerError
from pdm.supervision.progress import Progress

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks."""


class StallWatch:
    """A thread that restarts workers whose consumer group stands still.

    lags    : asks the broker; BrokerError counts as nothing known
    restart : restarts the worker called so
    groups  : consumer group -> name of its worker; other groups are nobody's business
    pids    : process id of each worker that runs; one that was started since the last look has its time anew
    """

    def __init__(
        self,
        lags: Callable[[], list[Lag]],
        restart: Callable[[str], None],
        groups: Mapping[str, str],
        pids: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._lags, self._restart, self._groups = lags, restart, groups
        self._pids, self._known = pids, dict[str, int]()
        self._progress = Progress()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stall-watch", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self, now: float) -> None:
        """Look once."""
        try:
            ours = [lag for lag in self._lags() if lag.group in self._groups]
        except BrokerError as error:
            log.debug("no lag is known: %s", error)
            return
        self._see_starts()
        for group in self._progress.stalled(ours, now):
            log.warning("%s has acknowledged nothing for too long, restart", self._groups[group])
            self._restart(self._groups[group])

    def _see_starts(self) -> None:
        """Let the time of workers begin that another process is now than at the last look."""
        before, self._known = self._known, dict(self._pids())
        for group, name in self._groups.items():
            if self._known.get(name) != before.get(name):
                self._progress.begun(group)

    def _run(self) -> None:
        while not self._ending.wait(LOOK):
            try:
                self.look(time.monotonic())
            except Exception:  # a bug must not leave the workers unwatched
                log.exception("the look at the workers' progress failed, and goes on")
