"""A trial: a simulated plant delivered to a service, and what became of it compared with the offline run."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct, structs

from bench.observed import events_on_topic, rows_in_store
from bench.progress import say
from pdm.broker.backlog import backlog, settle
from pdm.broker.flow import Counted, count
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

HEADERS = {"PDM-Source": SOURCE, "Content-Type": JSON}
PATIENCE_S = 180.0
CHUNK_S = 40
GROUPS = 4


class Compared(Struct, frozen=True):
    """The events on the topic and in the store, compared byte for byte with those of the offline run.

    lost_readings : readings that were acknowledged, and are in no frame
    lost          : events of the offline run that never reached the topic
    phantom       : events on the topic that the offline run does not know
    contradictory : events that came more than once with different bytes
    missing_rows  : events of the offline run that the store does not have as they are
    duplicate_rows: rows of the store beyond one an event and revision
    equal         : the exported event log is byte-equal to the offline run
    repeated      : events that came more than once with the same bytes, as at-least-once allows
    balanced      : every reading on the topics is accounted for, to the unit
    """

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


class Trial:
    """One simulated plant, as requests, with the events that have to come of it."""

    def __init__(self, machines: int, seconds: int, seed: int) -> None:
        start = int(time.time()) - seconds - 60
        self._scenario = Scenario(machines=machines, seed=seed, duration_s=seconds, start_ns=start * NS)
        self.toml = plant_file(self._scenario)
        self.requests = list(self._requests())
        self.expected, self.readings = self._offline()
        say(f"offline: {self.readings:,} readings, {len(self.expected)} events; now through the service")

    def serving(self, folder: Path, **options: object) -> Service:
        """Prepare a service in a throwaway directory; `options` are those of `Service`."""
        plant, data = folder / "plant.toml", folder / "data"
        plant.write_text(self.toml, "utf-8")
        chosen = structs.replace(read(os.environ), data_dir=data, plant=plant, http=Address("127.0.0.1", 0))
        return Service(chosen, **options)  # type: ignore[arg-type]

    def end(self, service: Service) -> None:
        """Say that nothing more comes, and wait until all is done."""
        last = rfc3339(self._scenario.start_ns + (self._scenario.duration_s - 1) * NS)
        ends = msgspec.json.encode({plate.asset: last for plate in fleet(self._scenario)})
        with client(service) as to:
            post(to, f"/v1/sources/{SOURCE}/end", ends)
        settle(lambda: patiently(service))

    def compare(self, service: Service) -> Compared:
        """Compare the events on the topic and in the store with those that were to come."""
        by_name: dict[tuple[str, int], set[bytes]] = {}
        seen, rows = events_on_topic(service.bootstrap), rows_in_store(service)
        for event in seen:
            by_name.setdefault((event.id, event.revision), set()).add(msgspec.json.encode(event))
        distinct = {event for versions in by_name.values() for event in versions}
        expected, stored = set(self.expected), [msgspec.json.encode(event) for event in exported(rows)]
        firsts = [msgspec.json.decode(min(versions), type=Event) for versions in by_name.values()]
        flows = _account(service.bootstrap)
        return Compared(
            lost_readings=self.readings - sum(one.flow.framed + one.flow.open for one in flows),
            lost=len(expected - distinct),
            phantom=len(distinct - expected),
            contradictory=sum(len(versions) > 1 for versions in by_name.values()),
            missing_rows=len(expected - set(stored)),
            duplicate_rows=len(stored) - len({(e.id, e.revision) for e in rows}),
            equal=[msgspec.json.encode(e) for e in exported(firsts)] == self.expected == stored,
            balanced=all(one.balanced for one in flows),
            events=len(self.expected),
            repeated=len(seen) - len(by_name),
        )

    def _requests(self) -> Iterator[bytes]:
        """Write the scenario as requests, machine group by machine group."""
        dealt = groups(fleet(self._scenario), GROUPS)
        for chunk in Simulation(self._scenario).chunks(CHUNK_S):
            for group in dealt:
                yield body(group, chunk)

    def _offline(self) -> tuple[list[bytes], int]:
        """Run the same requests without Kafka; returns the exported events and the number of readings."""
        plant, readings = parse(self.toml, "plant.toml"), 0
        chain, source = Offline(plant), plant.sources[SOURCE]
        for request in self.requests:
            columns = admit(request, JSON, plant, time.time_ns()).columns
            readings += len(columns)
            chain.feed(columns, source)
        last = self._scenario.start_ns + (self._scenario.duration_s - 1) * NS
        frontier = closing(last, plant.frame_ns, source.lateness_ns)
        ends = {Machine(p.asset, p.machine_class): frontier for p in fleet(self._scenario)}
        chain.end(ends, source)
        return [msgspec.json.encode(event) for event in exported(chain.events)], readings


def deliver(service: Service, requests: list[bytes], at: Callable[[float], None] | None = None) -> None:
    """Post each request until it is acknowledged, whatever dies meanwhile; `at` is told the share done."""
    with client(service) as to:
        for number, request in enumerate(requests):
            if at:
                at(number / len(requests))
            post(to, "/v1/readings", request)


def client(service: Service) -> httpx.Client:
    """Return a client of the gateway."""
    return httpx.Client(base_url=service.url, timeout=30.0, trust_env=False)


def post(to: httpx.Client, path: str, content: bytes, headers: Mapping[str, str] = HEADERS) -> None:
    """Post until it is acknowledged; raises RuntimeError where it is refused, or after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while time.monotonic() < deadline:
        try:
            answer = to.post(path, content=content, headers=headers)
        except httpx.HTTPError:
            pause.wait(0.2)
            continue
        if answer.status_code == httpx.codes.ACCEPTED:
            return
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        pause.wait(min(2.0, float(answer.headers.get("Retry-After", "1"))))
    raise RuntimeError(f"{path} was not acknowledged within {PATIENCE_S:g} s")


def patiently(service: Service) -> dict[str, int]:
    """Look at the backlog; a broker that is being restarted has everything left to do."""
    try:
        return backlog(service.bootstrap)
    except Exception as error:  # noqa: BLE001  (whatever a broker that was just killed makes of a client)
        say(f"the broker does not answer yet: {error!r:.80}")
        return {"broker": 1 + int(time.monotonic())}


def _account(bootstrap: str) -> list[Counted]:
    """Read the account when it has come to the end of the topics."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = count(bootstrap)
        behind = any(one.waiting or one.flow.repeating for one in found)
        if not behind or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
