"""The suite: every fault in turn, then kills by chance, and what was lost over all of it."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.faults import machine, processes, requests
from bench.faults.ground import Ground
from bench.faults.seen import BrokenPromiseError, Fault, NotHereError, Seen
from bench.kills import VICTIMS, Killer
from bench.observed import dead_letters
from bench.progress import say
from bench.trial import Compared, Trial
from pdm.broker.backlog import UnsettledError

FAULTS: tuple[Fault, ...] = (*requests.FAULTS, *processes.FAULTS, *machine.FAULTS)


class Result(Struct, frozen=True, kw_only=True):
    """Totals over all faults; the six after `kills` must be 0, and `broken` empty.

    kills    : processes crashed on purpose, by name
    readings : simulated readings, each acknowledged; others came twice or too late besides
    flow     : what became of the readings on the topics; what accepted is, the others add up to
    poison   : messages that nobody can read; as many dead letters there have to be
    broken   : faults whose promise did not hold; not_run : faults that this machine cannot have
    """

    kills: dict[str, int]
    lost_readings: int
    lost_events: int
    phantom: int
    contradictory: int
    missing_rows: int
    duplicate_rows: int
    missing_history: int
    duplicate_history: int
    readings: int
    flow: dict[str, int]
    poison: int
    dead_letters: int
    events: int
    balanced: bool
    equal: bool
    repeated_requests: int
    late_requests: int
    broken: tuple[str, ...]
    not_run: tuple[str, ...]
    seconds: float
    faults: tuple[Seen, ...]


def run(
    machines: int = 20,
    seconds: int = 2_400,
    seed: int = 7,
    kills: int = 20,
    only: Iterable[str] = (),
    quick: bool = False,
    keep: Path | None = None,
) -> Result:
    """Run all faults, those named, or the quick ones, then so many kills by chance.

    keep : where logs and data stay; a throwaway directory unless said
    There are about machines * seconds * 8 readings, delivered as fast as they are acknowledged.
    """
    began, chosen = time.monotonic(), _chosen(tuple(only), quick)
    trial = Trial(machines, seconds, seed)
    with _folder(keep) as place, trial.serving(place) as service:
        ground = Ground(service, trial)
        ground.load(max(1, ground.left // 10))
        seen = [_one(fault, ground) for fault in chosen]
        _kill(ground, kills, seed)
        trial.end(service)
        own, letters = trial.compare(service), dead_letters(service.bootstrap)
    return Result(
        kills=dict(ground.kills),
        readings=trial.readings,
        poison=ground.poison,
        dead_letters=letters,
        repeated_requests=ground.repeated,
        late_requests=ground.late,
        seconds=round(time.monotonic() - began, 1),
        faults=tuple(seen),
        **_outcomes(seen),
        **_totals([own, *ground.others]),
    )


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give a directory for everything, throwaway unless one is named."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="pdm-faults-") as place:
        yield Path(place)


def _chosen(only: tuple[str, ...], quick: bool) -> list[Fault]:
    """Choose faults by name, or those of the quick part; raises KeyError for a name that is none."""
    by_name = {fault.name: fault for fault in FAULTS}
    if only:
        return [by_name[name] for name in only]
    return [fault for fault in FAULTS if fault.quick or not quick]


def _one(fault: Fault, ground: Ground) -> Seen:
    """Put one fault in and see what comes of it; a broken promise does not end the suite."""
    began, held = time.monotonic(), None
    try:
        told, held = fault.run(ground), True
    except NotHereError as error:
        told = f"not run: {error}"
    except (BrokenPromiseError, UnsettledError, RuntimeError, OSError) as error:
        told, held = f"{type(error).__name__}: {error}", False
    took = round(time.monotonic() - began, 1)
    say(f"{fault.name}: {told} ({took} s)")
    return Seen(fault.name, fault.promise, told, held, took)


def _kill(ground: Ground, kills: int, seed: int) -> None:
    """Deliver all that is left, and crash one process after the other meanwhile, in an order by chance."""
    victims = [*VICTIMS, "kafka"]
    killer = Killer(ground.service, [victims[k % len(victims)] for k in range(kills)], seed)
    ground.load(ground.left, killer.at)
    ground.kills.update(killer.done)


def _outcomes(seen: list[Seen]) -> dict[str, Any]:
    """Name the faults whose promise did not hold, and those that could not be run."""
    return {
        outcome: tuple(one.name for one in seen if one.held is held)
        for outcome, held in (("broken", False), ("not_run", None))
    }


def _totals(found: list[Compared]) -> dict[str, Any]:
    """Add up what was lost in every service that was hurt; the flow is that of the first."""
    return {
        "flow": found[0].flow,
        "lost_readings": sum(abs(one.lost_readings) for one in found),
        "lost_events": sum(one.lost for one in found),
        "phantom": sum(one.phantom for one in found),
        "contradictory": sum(one.contradictory for one in found),
        "missing_rows": sum(one.missing_rows for one in found),
        "duplicate_rows": sum(one.duplicate_rows for one in found),
        "missing_history": sum(one.missing_history for one in found),
        "duplicate_history": sum(one.duplicate_history for one in found),
        "events": sum(one.events for one in found),
        "balanced": all(one.balanced for one in found),
        "equal": all(one.equal for one in found),
    }
