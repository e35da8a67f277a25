"""A trial: a simulated plant delivered to a service, and what became of it compared with the offline run."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct, structs

from bench.kept import Readings
from bench.observed import events_on_topic, history_is_up, rows_in_store
from bench.progress import say
from bench.spool import Spool
from pdm.broker.backlog import backlog, settle
from pdm.broker.flow import Counted, count
from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.decode import JSON
from pdm.cli.audit import report
from pdm.demo.wire import body, groups
from pdm.history.read import FOLDER
from pdm.instant import NS, rfc3339
from pdm.plant.load import parse
from pdm.records.block import Machine
from pdm.records.event import Event
from pdm.replay.offline import Offline
from pdm.replay.result import exported
from pdm.settings import Address, read
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.fleet import fleet
from pdm.simulator.plant_file import SOURCE, plant_file
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.supervision.service import Service

HEADERS = {"PDM-Source": SOURCE, "Content-Type": JSON}
PATIENCE_S = 180.0
CHUNK_S = 40
GROUPS = 7
"""Of machines that travel together; those of the first one travel as single readings through Kafka."""
BY_KAFKA = "kafka"
LATENESS_S = 60
"""Declared for what comes through Kafka: a second arrives in pieces, and the broker may die between two."""


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
    missing_history   : readings that were acknowledged, and are not in Parquet as they were
    duplicate_history : rows in Parquet that were written twice
    flow          : what became of the readings on the topics, by outcome; messages where it is a dead letter
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
    missing_history: int
    duplicate_history: int
    flow: dict[str, int]


class Trial:
    """One simulated plant, as requests, with the events that have to come of it."""

    def __init__(self, machines: int, seconds: int, seed: int) -> None:
        start = int(time.time()) - seconds - 60
        self._scenario = Scenario(machines=machines, seed=seed, duration_s=seconds, start_ns=start * NS)
        self.toml = f'{plant_file(self._scenario)}\n[sources.{BY_KAFKA}]\nlateness = "{LATENESS_S} s"\n'
        plates = fleet(self._scenario)
        self._groups = groups(plates, GROUPS)
        self.requests = Spool(self._requests())
        series = [(plate.asset, signal.name) for plate in plates for signal in SIGNALS[plate.machine_class]]
        self._history = Readings(series, self._scenario.start_ns, seconds)
        self.expected, self.readings = self._offline()
        say(f"offline: {self.readings:,} readings, {len(self.expected)} events; now through the service")

    def serving(self, folder: Path, store: str = "", **options: object) -> Service:
        """Prepare a service in a throwaway directory; `options` are those of `Service`.

        store : URL of the database, where it is not the usual file
        """
        plant, data = folder / "plant.toml", folder / "data"
        plant.write_text(self.toml, "utf-8")
        chosen = structs.replace(read(os.environ), data_dir=data, plant=plant, http=Address("127.0.0.1", 0))
        if store:
            chosen = structs.replace(chosen, store=store)
        return Service(chosen, **options)  # type: ignore[arg-type]

    def by_kafka(self, number: int) -> bool:
        """Tell whether a request travels as single readings through Kafka."""
        return number % len(self._groups) == 0

    def end(self, service: Service) -> None:
        """Say that nothing more comes, and wait until all is done."""
        settle(lambda: patiently(service))
        last = rfc3339(self._last_ns)
        with client(service) as to:
            for source, assets in self._assets().items():
                ends = msgspec.json.encode(dict.fromkeys(assets, last))
                post(to, f"/v1/sources/{source}/end", ends, {**HEADERS, "PDM-Source": source})
        settle(lambda: patiently(service))
        settle(lambda: {"historian": 0 if history_is_up(service) else 1})

    def compare(self, service: Service) -> Compared:
        """Compare the events on the topic and in the store with those that were to come."""
        by_name: dict[tuple[str, int], set[bytes]] = {}
        seen, rows = events_on_topic(service.bootstrap), rows_in_store(service)
        for event in seen:
            by_name.setdefault((event.id, event.revision), set()).add(msgspec.json.encode(event))
        distinct = {event for versions in by_name.values() for event in versions}
        expected, stored = set(self.expected), [msgspec.json.encode(event) for event in exported(rows)]
        firsts = [msgspec.json.decode(min(versions), type=Event) for versions in by_name.values()]
        account = report(_account(service.bootstrap))
        kept = self._history.compare(service.settings.data_dir / FOLDER)
        return Compared(
            lost_readings=self.readings - account.stages["align"]["framed"] - account.stages["align"]["open"],
            lost=len(expected - distinct),
            phantom=len(distinct - expected),
            contradictory=sum(len(versions) > 1 for versions in by_name.values()),
            missing_rows=len(expected - set(stored)),
            duplicate_rows=len(stored) - len({(e.id, e.revision) for e in rows}),
            equal=[msgspec.json.encode(e) for e in exported(firsts)] == self.expected == stored,
            balanced=account.balanced and account.unexplained == 0,
            events=len(self.expected),
            repeated=len(seen) - len(by_name),
            missing_history=kept.missing,
            duplicate_history=kept.duplicate,
            flow=account.stages["align"],
        )

    def _requests(self) -> Iterator[bytes]:
        """Write the scenario as requests, machine group by machine group."""
        for chunk in Simulation(self._scenario).chunks(CHUNK_S):
            for group in self._groups:
                yield body(group, chunk)

    @property
    def _last_ns(self) -> int:
        """Data time of the last readings."""
        return self._scenario.start_ns + (self._scenario.duration_s - 1) * NS

    def _assets(self) -> dict[str, list[str]]:
        """Name the machines of each source."""
        first, *others = self._groups
        return {BY_KAFKA: list(first.assets), SOURCE: [asset for group in others for asset in group.assets]}

    def _offline(self) -> tuple[list[bytes], int]:
        """Run the same requests without Kafka; returns the exported events and the number of readings."""
        plant, readings = parse(self.toml, "plant.toml"), 0
        chain = Offline(plant)
        for number, request in enumerate(self.requests):
            columns = admit(request, JSON, plant, time.time_ns()).columns
            readings += len(columns)
            self._history.note(columns)
            chain.feed(columns, plant.sources[BY_KAFKA if self.by_kafka(number) else SOURCE])
        classes = {plate.asset: plate.machine_class for plate in fleet(self._scenario)}
        for name, assets in self._assets().items():
            source = plant.sources[name]
            frontier = closing(self._last_ns, plant.frame_ns, source.lateness_ns)
            chain.end({Machine(asset, classes[asset]): frontier for asset in assets}, source)
        return [msgspec.json.encode(event) for event in exported(chain.events)], readings


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
