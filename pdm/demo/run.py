"""One demo from start to end: service, plant, watching, judging, report."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct, structs
from rich.console import Console

from pdm import settings
from pdm.broker.ports import is_free
from pdm.demo.audit import Audit, audit
from pdm.demo.expected import expected
from pdm.demo.feed import Feed, Tally
from pdm.demo.observe import Observer, Sight
from pdm.demo.progress import Progress
from pdm.demo.result import Result, Scorecard, names, newest_advice
from pdm.demo.score import Outcome, judge
from pdm.demo.settle import behind, settle
from pdm.instant import NS
from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.settings import Address, Settings
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.simulator.truth import Nature
from pdm.store.open import open_store
from pdm.supervision.service import Service

REQUEST_TIMEOUT_S = 30.0


class Wish(Struct, frozen=True):
    """What somebody wants to see.

    speed   : plant seconds in a second, 0 for as fast as it is taken
    folder  : where the service keeps everything while it runs
    started : `time.monotonic()` at the start of the command
    """

    machines: int
    seconds: int
    seed: int
    speed: float
    folder: Path
    started: float


class Seen(Struct, frozen=True):
    """What was seen of a whole run, before it is judged."""

    tally: Tally
    sight: Sight
    events: tuple[Event, ...]
    advice: tuple[Advice, ...]
    wall_s: float


def scenario_of(wish: Wish, now: Callable[[], float] = time.time) -> Scenario:
    """Plan a scenario that ends about now, so that no reading is of the future."""
    start = int(now()) - wish.seconds
    return Scenario(machines=wish.machines, seed=wish.seed, duration_s=wish.seconds, start_ns=start * NS)


@contextmanager
def serving(wish: Wish, scenario: Scenario) -> Iterator[Service]:
    """Start a service of its own in the folder, with the plant file of the scenario."""
    wish.folder.mkdir(parents=True, exist_ok=True)
    plant = wish.folder / "plant.toml"
    plant.write_text(plant_file(scenario, expected(scenario)), encoding="utf-8")
    usual = Settings().http
    http = usual if is_free(usual.port, usual.host) else Address(usual.host, 0)
    base = settings.private(settings.read(os.environ))
    own = structs.replace(base, data_dir=wish.folder / "service", plant=plant, http=http, store="")
    with Service(own) as service:
        yield service


def watch(
    wish: Wish, scenario: Scenario, service: Service, progress: Progress, seen: tuple[Tally, Sight]
) -> Result:
    """Run the scenario through a service that is up, and judge what came of it."""
    simulation = Simulation(scenario)
    found = asyncio.run(_run(wish, simulation, service, progress, seen))
    progress.phase("reading the ordered log")
    log = audit(service.bootstrap)
    store = open_store(service.settings.store_url, writing=False)
    try:
        duplicates = store.counts("").duplicates
    finally:
        store.close()
    outcome = judge(simulation.truths, found.events, scenario.start_ns)
    advice = newest_advice(found.advice)
    card = _card(wish, simulation, found, outcome, advice, log)
    return Result(structs.replace(card, duplicate_rows=duplicates), simulation, outcome, advice, log.courses)


async def _run(
    wish: Wish, simulation: Simulation, service: Service, progress: Progress, seen: tuple[Tally, Sight]
) -> Seen:
    """Deliver everything, wait until it is eaten, and read what the API has to say."""
    tally, sight = seen
    async with httpx.AsyncClient(base_url=service.url, timeout=REQUEST_TIMEOUT_S, trust_env=False) as client:
        observer = Observer(client, service.metrics.get("monitor", ""), sight)
        followers = [asyncio.create_task(observer.follow()), asyncio.create_task(_tick(progress))]
        try:
            progress.phase("feeding", feeding=True)
            began = time.monotonic()
            await Feed(client, simulation, tally, wish.speed).deliver()
            progress.phase("waiting until the chain has eaten all of it")
            await asyncio.to_thread(_settle, service, simulation)
            wall = time.monotonic() - began
            await observer.look()
        finally:
            for task in followers:
                task.cancel()
            await asyncio.gather(*followers, return_exceptions=True)
        return Seen(tally, sight, tuple(await observer.events()), tuple(await observer.advice()), wall)


def _settle(service: Service, simulation: Simulation) -> None:
    scenario = simulation.scenario
    last = scenario.start_ns + (scenario.duration_s - 1) * NS
    with httpx.Client(base_url=service.url, timeout=REQUEST_TIMEOUT_S, trust_env=False) as client:
        settle(lambda: behind(client, service.metrics, last))


async def _tick(progress: Progress) -> None:
    while True:
        progress.tick()
        await asyncio.sleep(0.5)


def _card(
    wish: Wish, simulation: Simulation, seen: Seen, outcome: Outcome, advice: dict[str, Advice], log: Audit
) -> Scorecard:
    named = [names(match, advice) for match in outcome.matches if match.alarm]
    first = seen.sight.first_event
    return Scorecard(
        machines=wish.machines,
        readings=seen.tally.accepted,
        readings_per_s=round(seen.tally.accepted / seen.wall_s, 1),
        faults=len(outcome.matches),
        detected=outcome.detected,
        false_alarms=len(outcome.false),
        median_delay_s=outcome.median_delay_s,
        first_event_s=None if first is None else round(first - wish.started, 1),
        advice=len(seen.advice),
        dead_letters=log.dead_letters,
        lost=seen.tally.accepted - seen.tally.duplicates - log.readings,
        duplicate_rows=0,
        rejected=seen.tally.rejected,
        sensor_faults=sum(truth.nature is Nature.SENSOR for truth in simulation.truths),
        named=sum(at_all for at_all, _ in named),
        named_first=sum(at_first for _, at_first in named),
        replayed=_encoded(log.events) == _encoded(seen.events),
        times_real_time=round(wish.seconds / seen.wall_s, 1),
        seed=wish.seed,
    )


def _encoded(events: tuple[Event, ...]) -> list[bytes]:
    """Encode events in the order of an export."""
    ordered = sorted(events, key=lambda event: (event.time, event.asset, event.id, event.revision))
    return [msgspec.json.encode(event) for event in ordered]


def progress_of(wish: Wish, tally: Tally, sight: Sight) -> Progress:
    """Give the live view of this wish, on standard error."""
    return Progress(Console(stderr=True), wish.machines, wish.seconds, tally, sight)
