"""Kills: every process of the service crashed again and again under load, and what became of the events.

Phase one puts poison into every topic and nothing may restart; phase two kills. Then the events on the
topic and in the store are compared, byte for byte, with those of the same readings run offline.
"""

import random
import tempfile
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.observed import dead_letters, put_poison
from bench.progress import say
from bench.trial import Trial, deliver
from pdm.broker.backlog import backlog, settle
from pdm.supervision.service import Service

VICTIMS = ("gateway", "align", "monitor", "advisor", "recorder")


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
    poison: int
    poison_in_dead_letters: int
    restarts_by_poison: int
    seconds: float


def run(machines: int = 50, seconds: int = 2_500, seed: int = 7, times: int = 3) -> Kills:
    """Run both phases; about machines * seconds * 8 readings."""
    began, trial = time.monotonic(), Trial(machines, seconds, seed)
    requests = trial.requests
    with tempfile.TemporaryDirectory(prefix="pdm-kills-") as folder, trial.serving(Path(folder)) as service:
        quarter = len(requests) // 4
        poison = put_poison(service, count=max(60, len(requests) // 4), seed=seed)
        deliver(service, requests[:quarter])
        settle(lambda: backlog(service.bootstrap))
        restarts, killer = sum(service.restarts.values()), Killer(service, [*VICTIMS * times, "kafka"])
        deliver(service, requests[quarter:], killer.at)
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


class Killer:
    """Crashes one process after the other, in an order by chance, spread over the delivery."""

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
            say(f"kill -9 {victim} at {share:.0%}")
            self._service.kill(victim)
            self.done[victim] = self.done.get(victim, 0) + 1
