"""Recovery: align and the monitor crashed (kill -9) under a large plant; how soon they are back."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaProducer
from msgspec import Struct

from bench.progress import say
from bench.stages import EVERY_S, Stage
from bench.workload import CHANNELS, flush, plant_toml
from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.flow import count
from pdm.chain.acquisition.pack import pack
from pdm.records.block import Source
from pdm.settings import Settings

PARTITIONS = 4
MIB = 1 << 20
SOURCE = Source("bench", "", 0)
WITHIN_S = 240.0


class Recovery(Struct, frozen=True):
    """Seconds from kill -9 until the worker, started again at once, has nothing left to handle.

    New readings come while it is away. changelog_mb_s is the most in one second that the files of both
    changelogs grew by; balanced: every reading was accounted for in the end
    """

    machines: int
    readings: int
    monitor_back_s: float
    align_back_s: float
    changelog_mb_s: float
    balanced: bool


def run(seed: int = 7, machines: int = 100_000, seconds: int = 4) -> Recovery:
    """Measure once, on an embedded broker."""
    with tempfile.TemporaryDirectory(prefix="pdm-recovery-") as place:
        folder = Path(place)
        plant_file = folder / "plant.toml"
        plant_file.write_text(plant_toml(), "utf-8")
        with EmbeddedKafka(folder / "kafka") as kafka:
            topics.apply(kafka.bootstrap, PARTITIONS)
            settings = Settings(
                bootstrap=kafka.bootstrap,
                data_dir=folder / "data",
                plant=plant_file,
                partitions=PARTITIONS,
                log_level="WARNING",
            )
            return _measured(settings, folder / "kafka", Plant(kafka.bootstrap, machines, seed), seconds)


class Plant:
    """Puts one second after the other on the topics."""

    def __init__(self, bootstrap: str, machines: int, seed: int) -> None:
        self.machines = machines
        self.seconds = 0
        self._rng = np.random.default_rng(seed)
        self._producer: Any = KafkaProducer(
            bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=MIB, max_request_size=4 * MIB
        )

    def go_on(self, seconds: int) -> None:
        """Deliver the next seconds of all machines."""
        for _ in range(seconds):
            columns = flush(self.machines, self.seconds, self._rng)
            for packed in pack(columns, SOURCE, PARTITIONS, time.time_ns()):
                block = msgspec.msgpack.encode(packed.block)
                self._producer.send(packed.topic, block, partition=packed.partition)
            self.seconds += 1
        self._producer.flush()

    def close(self) -> None:
        """Deliver nothing more."""
        self._producer.close()


def _measured(settings: Settings, kafka: Path, plant: Plant, seconds: int) -> Recovery:
    stages = {name: Stage(name, settings) for name in ("align", "monitor")}
    growth = Changelogs(kafka)
    back: dict[str, float] = {}
    try:
        plant.go_on(seconds)
        _until_done(stages, growth.look)
        for name in ("monitor", "align"):
            stages[name].kill()
            began = time.monotonic()
            plant.go_on(1)
            stages[name] = Stage(name, settings)
            back[name] = round(_until_done({name: stages[name]}, growth.look) - began, 1)
            say(f"{name} is back after {back[name]} s")
            _until_done(stages, growth.look)
        balanced = _balanced(settings.bootstrap)
    finally:
        plant.close()
        for stage in stages.values():
            stage.stop()
    return Recovery(
        machines=plant.machines,
        readings=plant.seconds * plant.machines * len(CHANNELS),
        monitor_back_s=back["monitor"],
        align_back_s=back["align"],
        changelog_mb_s=round(growth.most / 1e6, 1),
        balanced=balanced,
    )


class Changelogs:
    """How fast the files of the changelogs grow."""

    def __init__(self, kafka: Path) -> None:
        self._kafka = kafka
        self._last = (time.monotonic(), 0)
        self.most = 0.0

    def look(self) -> None:
        """Compare with what they were a second ago or longer."""
        now = time.monotonic()
        if now - self._last[0] >= 1.0:
            size = sum(file.stat().st_size for file in self._kafka.glob("**/pdm-*-changelog-*/*.log"))
            self.most = max(self.most, (size - self._last[1]) / (now - self._last[0]))
            self._last = (now, size)


def _until_done(stages: dict[str, Stage], look: Callable[[], None]) -> float:
    """Wait until nothing is left for two seconds; returns the monotonic time when that began."""
    deadline, quiet = time.monotonic() + WITHIN_S, 0.0
    while time.monotonic() < deadline:
        look()
        done = all(stage.handled() > 0 and stage.waiting() == 0 for stage in stages.values())
        quiet = quiet or time.monotonic() if done else 0.0
        if done and time.monotonic() - quiet > 2.0:
            return quiet
        time.sleep(EVERY_S)
    raise RuntimeError(f"not done within {WITHIN_S:g} s: {[s.waiting() for s in stages.values()]}")


def _balanced(bootstrap: str) -> bool:
    """Ask for the account until it has caught up with the topics."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        found = count(bootstrap)
        if not any(one.waiting for one in found):
            return all(one.balanced for one in found)
        time.sleep(1.0)
    return False
