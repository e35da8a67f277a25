"""Kills: every process of the service crashed again and again under load, and what became of the events.

Phase one puts poison into every topic and nothing may restart; phase two kills. Then the events on the
topic and in the store are compared, byte for byte, with those of the same readings run offline.
"""

import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.doors import Doors
from bench.observed import dead_letters, put_poison
from bench.progress import say
from bench.trial import Trial
from pdm.broker.backlog import backlog, settle
from pdm.supervision.service import Service

VICTIMS = ("gateway", "ingest", "align", "monitor", "advisor", "recorder", "historian")

BACK_WITHIN_S = 90.0


class Kills(Struct, frozen=True, kw_only=True):
    """What was done and what was seen, see `bench.trial.Compared`; all losses must be 0."""

    kills: dict[str, int]
    readings: int
    lost_readings: int
    lost: int
    phantom: int
    contradictory: int
    missing_rows: int
    duplicate_rows: int
    equal: bool
    balanced: bool
    events: int
    repeated: int
    missing_history: int
    duplicate_history: int
    flow: dict[str, int]
    poison: int
    poison_in_dead_letters: int
    restarts_by_poison: int
    seconds: float


def run(machines: int = 50, seconds: int = 2_500, seed: int = 7, times: int = 3) -> Kills:
    """Run both phases; about machines * seconds * 8 readings."""
    began, trial = time.monotonic(), Trial(machines, seconds, seed)
    with tempfile.TemporaryDirectory(prefix="pdm-kills-") as folder, trial.serving(Path(folder)) as service:
        total = len(trial.requests)
        quarter = total // 4
        poison = put_poison(service, count=max(60, quarter), seed=seed)
        deliver(service, trial, range(quarter))
        settle(lambda: backlog(service.bootstrap))
        restarts, killer = sum(service.restarts.values()), Killer(service, [*VICTIMS * times, "kafka"])
        deliver(service, trial, range(quarter, total), killer.at)
        trial.end(service)
        found, dead = trial.compare(service), dead_letters(service.bootstrap)
    return Kills(
        kills=killer.done,
        readings=trial.readings,
        poison=poison,
        poison_in_dead_letters=dead,
        restarts_by_poison=restarts,
        seconds=round(time.monotonic() - began, 1),
        **msgspec.to_builtins(found),
    )


def deliver(
    service: Service, trial: Trial, numbers: range, at: Callable[[float], None] | None = None
) -> None:
    """Deliver requests until they are acknowledged, whatever dies meanwhile; `at` is told the share done."""
    with Doors(service, trial) as doors:
        for done, number in enumerate(numbers):
            if at:
                at(done / len(numbers))
            doors.deliver(number)


class Killer:
    """Crashes one process after the other, in an order by chance, spread over the delivery.

    A victim that was crashed before is awaited: nobody is crashed who does not run.
    """

    def __init__(self, service: Service, victims: list[str], seed: int = 1) -> None:
        self._service = service
        self._plan = list(victims)
        random.Random(seed).shuffle(self._plan)  # noqa: S311  (no secret)
        self._planned = len(self._plan)
        self.done: dict[str, int] = {}

    def at(self, share: float) -> None:
        """Kill whoever is due when this share of the delivery is done."""
        while self._plan and share >= (self._planned - len(self._plan) + 1) / (self._planned + 1):
            victim = self._plan.pop()
            self._awaited(victim)
            say(f"kill -9 {victim} at {share:.0%}")
            self._service.kill(victim)
            self.done[victim] = self.done.get(victim, 0) + 1

    def _awaited(self, victim: str) -> None:
        """Wait until a process runs; raises RuntimeError where it does not come back."""
        deadline, pause = time.monotonic() + BACK_WITHIN_S, threading.Event()
        while victim not in self._service.pids:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{victim} is not back after {BACK_WITHIN_S:g} s")
            pause.wait(0.1)
