"""The ground on which faults happen: a service under load that can be hurt."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.doors import Doors
from bench.trial import Compared, Trial
from pdm.supervision.service import Service

REPEAT_EVERY, LATE_EVERY, LATE_BY = 20, 50, 21
"""Each so many-th request is posted twice, or followed by one from so many requests ago: too late."""
PATIENCE_S = 90.0


class Ground:
    """A service, and the requests of a trial that have not been delivered yet."""

    def __init__(self, service: Service, trial: Trial) -> None:
        self.service, self.trial = service, trial
        self.kills: Counter[str] = Counter()
        self.done = 0
        self.repeated = 0
        self.late = 0
        self.poison = 0
        self.others: list[Compared] = []
        """What became of the trials that had a service of their own."""

    @property
    def left(self) -> int:
        """Requests that are still to be delivered."""
        return len(self.trial.requests) - self.done

    def load(self, count: int, at: Callable[[float], None] | None = None, over: float = 0.0) -> None:
        """Deliver the next requests until each is acknowledged: some twice, some too late, poison between.

        at   : is told the share that is done, before each request
        over : seconds over which they are spread, if they can be
        """
        planned, began = min(count, self.left), time.monotonic()
        with Doors(self.service, self.trial, seed=self.done) as doors:
            for number in range(planned):
                if at:
                    at(number / planned)
                time.sleep(max(0.0, began + over * number / planned - time.monotonic()))
                doors.deliver(self.done, poisoned=True)
                self.done += 1
                self._again(doors)
            self.poison += doors.poison

    @contextmanager
    def loading(self, count: int, over: float = 0.0) -> Iterator[None]:
        """Deliver the next requests meanwhile, and wait for the last of them."""
        failed: list[BaseException] = []

        def work() -> None:
            try:
                self.load(count, over=over)
            except BaseException as error:  # noqa: BLE001  (it is raised again where it is seen)
                failed.append(error)

        thread = threading.Thread(target=work, name="load")
        thread.start()
        try:
            yield
        finally:
            thread.join()
        if failed:
            raise failed[0]

    def kill(self, name: str) -> None:
        """Crash a process."""
        self.kills[name] += 1
        self.service.kill(name)

    @contextmanager
    def stopped(self, name: str) -> Iterator[int]:
        """Let a process stand still (SIGSTOP) for a while."""
        pid = self.service.pids[name]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGCONT)

    def back(self, name: str) -> float:
        """Wait until a process runs again; returns the seconds."""
        began = time.monotonic()
        while name not in self.service.pids:
            if time.monotonic() - began > PATIENCE_S:
                raise RuntimeError(f"{name} is not back after {PATIENCE_S:g} s")
            time.sleep(0.1)
        return time.monotonic() - began

    def _again(self, doors: Doors) -> None:
        """Deliver the last request a second time, or one that is too late by now, when it is their turn."""
        if self.done % REPEAT_EVERY == 0:
            doors.deliver(self.done - 1)
            self.repeated += 1
        if self.done % LATE_EVERY == 0 and self.done > LATE_BY:
            doors.deliver(self.done - 1 - LATE_BY)
            self.late += 1
