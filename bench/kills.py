"""Kills: every process of the service crashed again and again under load, and what became of the events.

Phase one puts poison into every topic and nothing may restart; phase two kills. Then the events on the
topic and in the store are compared, byte for byte, with those of the same readings run offline.
"""

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec import Struct, structs

from bench.observed import dead_letters, events_on_topic, put_poison, rows_in_store
from bench.progress import say
from pdm.broker.backlog import backlog, settle
from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.decode import JSON
from pdm.demo.wire import body, groups
from pdm.instant import NS, rfc3339
from pdm.plant.load import parse
from pdm.records.block import Machine
from pdm.records.event import Event
from pdm.replay.offline import Offline
from pdm.replay.result import exported
from pdm.settings import Address, read
from pdm.simulator.fleet import fleet
from pdm.simulator.plant_file import SOURCE, plant_file
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.supervision.service import Service

VICTIMS = ("gateway", "align", "monitor", "advisor", "recorder")
HEADERS = {"PDM-Source": SOURCE, "Content-Type": JSON}
PATIENCE_S = 180.0


class Kills(Struct, frozen=True, kw_only=True):
    """What was done and what was seen; the five counts below `readings` must be 0.

    lost          : events of the offline run that never reached the topic
    phantom       : events on the topic that the offline run does not know
    contradictory : events that came more than once with different bytes
    missing_rows  : events of the offline run that the store does not have as they are
    duplicate_rows: rows of the store beyond one an event and revision
    repeated      : events that came more than once with the same bytes, as at-least-once allows
    equal         : the exported event log is byte-equal to the offline run
    """

    kills: dict[str, int]
    readings: int
    lost: int
    phantom: int
    contradictory: int
    missing_rows: int
    duplicate_rows: int
    equal: bool
    events: int
    repeated: int
    poison: int
    poison_in_dead_letters: int
    restarts_by_poison: int
    seconds: float


def run(machines: int = 50, seconds: int = 2_500, seed: int = 7, times: int = 3) -> Kills:
    """Run both phases; about machines * seconds * 8 readings."""
    began = time.monotonic()
    start = int(time.time()) - seconds - 60
    scenario = Scenario(machines=machines, seed=seed, duration_s=seconds, start_ns=start * NS)
    toml, requests = plant_file(scenario), list(_requests(scenario))
    expected, readings = _offline(toml, scenario, requests)
    say(f"offline: {readings:,} readings, {len(expected)} events; now the same through the service")
    with tempfile.TemporaryDirectory(prefix="pdm-kills-") as folder, _serving(Path(folder), toml) as service:
        quarter = len(requests) // 4
        poison = put_poison(service, count=max(60, len(requests) // 4), seed=seed)
        _deliver(service, requests[:quarter])
        settle(lambda: backlog(service.bootstrap))
        restarts, killer = sum(service.restarts.values()), Killer(service, times)
        _deliver(service, requests[quarter:], killer)
        _end(service, scenario)
        settle(lambda: _patiently(service))
        found = _compare(expected, events_on_topic(service.bootstrap), rows_in_store(service))
        dead = dead_letters(service.bootstrap)
    return Kills(
        kills=killer.done,
        readings=readings,
        poison=poison,
        poison_in_dead_letters=dead,
        restarts_by_poison=restarts,
        seconds=round(time.monotonic() - began, 1),
        **found,
    )


def _serving(folder: Path, toml: str) -> Service:
    """Prepare a service in a throwaway directory."""
    plant, data = folder / "plant.toml", folder / "data"
    plant.write_text(toml, "utf-8")
    usual = read(os.environ)
    return Service(structs.replace(usual, data_dir=data, plant=plant, http=Address("127.0.0.1", 0)))


class Killer:
    """Crashes one process after the other, spread over the delivery."""

    def __init__(self, service: Service, times: int) -> None:
        self._service = service
        self._plan = [*VICTIMS * times, "kafka"]
        random.Random(1).shuffle(self._plan)  # noqa: S311  (no secret)
        self._planned = len(self._plan)
        self.done: dict[str, int] = {}

    def at(self, share: float) -> None:
        """Kill whoever is due when this share of the delivery is done."""
        while self._plan and share >= (self._planned - len(self._plan) + 1) / (self._planned + 1):
            victim = self._plan.pop()
            say(f"kill -9 {victim} at {share:.0%}")
            self._service.kill(victim)
            self.done[victim] = self.done.get(victim, 0) + 1


def _requests(scenario: Scenario) -> Iterator[bytes]:
    """Write the scenario as requests of about 4,000 readings, machine group by machine group."""
    dealt = groups(fleet(scenario), 4)
    for chunk in Simulation(scenario).chunks(40):
        for group in dealt:
            yield body(group, chunk)


def _offline(toml: str, scenario: Scenario, requests: list[bytes]) -> tuple[list[bytes], int]:
    """Run the same requests without Kafka; returns the exported events and the number of readings."""
    plant, readings = parse(toml, "plant.toml"), 0
    chain, source = Offline(plant), plant.sources[SOURCE]
    for request in requests:
        columns = admit(request, JSON, plant, time.time_ns()).columns
        readings += len(columns)
        chain.feed(columns, source)
    last = scenario.start_ns + (scenario.duration_s - 1) * NS
    frontier = closing(last, plant.frame_ns, source.lateness_ns)
    ends = {Machine(plate.asset, plate.machine_class): frontier for plate in fleet(scenario)}
    chain.end(ends, source)
    return [msgspec.json.encode(event) for event in exported(chain.events)], readings


def _deliver(service: Service, requests: list[bytes], killer: Killer | None = None) -> None:
    """Post each request until it is acknowledged, whatever dies meanwhile."""
    with httpx.Client(base_url=service.url, timeout=30.0, trust_env=False) as client:
        for number, request in enumerate(requests):
            if killer:
                killer.at(number / len(requests))
            _post(client, "/v1/readings", request)


def _end(service: Service, scenario: Scenario) -> None:
    last = rfc3339(scenario.start_ns + (scenario.duration_s - 1) * NS)
    with httpx.Client(base_url=service.url, timeout=30.0, trust_env=False) as client:
        ends = msgspec.json.encode({plate.asset: last for plate in fleet(scenario)})
        _post(client, f"/v1/sources/{SOURCE}/end", ends)


def _post(client: httpx.Client, path: str, content: bytes) -> None:
    deadline = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while time.monotonic() < deadline:
        try:
            answer = client.post(path, content=content, headers=HEADERS)
        except httpx.HTTPError:
            pause.wait(0.2)
            continue
        if answer.status_code == httpx.codes.ACCEPTED:
            return
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        pause.wait(min(2.0, float(answer.headers.get("Retry-After", "1"))))
    raise RuntimeError(f"{path} was not acknowledged within {PATIENCE_S:g} s")


def _patiently(service: Service) -> dict[str, int]:
    """Look at the backlog; a broker that is being restarted has everything left to do."""
    try:
        return backlog(service.bootstrap)
    except Exception as error:  # noqa: BLE001  (whatever a broker that was just killed makes of a client)
        say(f"the broker does not answer yet: {error!r:.80}")
        return {"broker": 1 + int(time.monotonic())}


def _compare(expected: list[bytes], seen: list[Event], rows: list[Event]) -> dict[str, Any]:
    """Compare the events on the topic and in the store with those that were to come."""
    by_name: dict[tuple[str, int], set[bytes]] = {}
    for event in seen:
        by_name.setdefault((event.id, event.revision), set()).add(msgspec.json.encode(event))
    distinct = {event for versions in by_name.values() for event in versions}
    stored = [msgspec.json.encode(event) for event in exported(rows)]
    firsts = [msgspec.json.decode(min(versions), type=Event) for versions in by_name.values()]
    return {
        "lost": len(set(expected) - distinct),
        "phantom": len(distinct - set(expected)),
        "contradictory": sum(len(versions) > 1 for versions in by_name.values()),
        "missing_rows": len(set(expected) - set(stored)),
        "duplicate_rows": len(stored) - len({(e.id, e.revision) for e in rows}),
        "equal": [msgspec.json.encode(e) for e in exported(firsts)] == expected == stored,
        "events": len(expected),
        "repeated": len(seen) - len(by_name),
    }
