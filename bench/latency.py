"""Latency: from a reading at the gateway's door to its event on the topic, in the whole service under load.

The clock starts when the request that closes the frame is due to be sent, and stops at the time which the
broker gave the event when it appended it: reading, judging, packing, the way over three topics and the
acknowledgements between them are all inside. An alarm is raised with the second frame above the line.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaConsumer
from msgspec import Struct, structs

from bench.live import Live
from bench.progress import say
from bench.workload import CHANNELS, GRID, plant_toml
from pdm.broker.backlog import backlog, settle
from pdm.broker.topics import EVENTS
from pdm.instant import nanoseconds
from pdm.records.event import Event, Kind
from pdm.settings import Address, read
from pdm.supervision.service import Service

MACHINES, SECONDS, QUIET_S, CALM_S = 2_500, 90, 15, 25
"""2,500 machines of 8 channels make 20,000 readings/s; nobody is ill in the first seconds (processes get
going) nor in the last (alarms are cleared)."""
ILL_SHARE = 2
"""Every second machine falls ill once."""


class Latency(Struct, frozen=True):
    """Figures of the whole service on this machine, the client included.

    p50_ms, p99_ms : request due -> event appended
    answer_*_ms    : request due -> 202, the broker having acknowledged all its readings
    after_answer_* : 202 -> event appended
    """

    p50_ms: float
    p99_ms: float
    max_ms: float
    answer_p50_ms: float
    answer_p99_ms: float
    after_answer_p50_ms: float
    after_answer_p99_ms: float
    events: int
    raised: int
    missing: int
    machines: int
    readings: int
    readings_per_s: int
    seconds: int


def run(seed: int = 7, seconds: int = SECONDS) -> Latency:
    """Run the service under a live source and look at the events it leaves on the topic."""
    ill = fall_ill(seed, seconds)
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as place, _serving(Path(place)) as service:
        live = Live(service.url, ill, seed)
        say(f"{MACHINES * len(CHANNELS):,} readings/s for {seconds} s")
        live.run(seconds)
        settle(lambda: backlog(service.bootstrap))
        appended = _events(service.bootstrap)
    return _figures(live, ill, appended, seconds)


def fall_ill(seed: int, seconds: int) -> list[int]:
    """Choose for each machine the second in which it falls ill, -1 for never."""
    rng, span = np.random.default_rng(seed), seconds - QUIET_S - CALM_S
    found = QUIET_S + rng.integers(0, span, MACHINES)
    found[::ILL_SHARE] = -1
    whole: list[int] = found.tolist()
    return whole


def _serving(folder: Path) -> Service:
    plant = folder / "plant.toml"
    plant.write_text(plant_toml(MACHINES), "utf-8")
    usual = read(os.environ)
    return Service(
        structs.replace(usual, data_dir=folder / "data", plant=plant, http=Address("127.0.0.1", 0))
    )


def _events(bootstrap: str) -> list[tuple[Event, int]]:
    """Read each event with the time in ns at which the broker appended it."""
    consumer: Any = KafkaConsumer(
        EVENTS, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3_000
    )
    try:
        return [(msgspec.msgpack.decode(m.value, type=Event), m.timestamp * 1_000_000) for m in consumer]
    finally:
        consumer.close()


def _figures(live: Live, ill: list[int], appended: list[tuple[Event, int]], seconds: int) -> Latency:
    """Find for each event the request that closed its frame."""
    whole, after, raised = [], [], set()
    for event, at in appended:
        group = live.group(int(event.asset.rpartition("-")[2]))
        posted = live.posted[group, nanoseconds(event.time) // GRID]
        whole.append((at - posted.due) / 1e6)
        after.append((at - posted.answered) / 1e6)
        if event.kind is Kind.RAISE:
            raised.add(event.asset)
    answers = [(posted.answered - posted.due) / 1e6 for posted in live.posted.values()]
    took = (max(p.answered for p in live.posted.values()) - live.start * GRID) / GRID
    readings = MACHINES * len(CHANNELS) * seconds
    return Latency(
        p50_ms=_share(whole, 50),
        p99_ms=_share(whole, 99),
        max_ms=_share(whole, 100),
        answer_p50_ms=_share(answers, 50),
        answer_p99_ms=_share(answers, 99),
        after_answer_p50_ms=_share(after, 50),
        after_answer_p99_ms=_share(after, 99),
        events=len(appended),
        raised=len(raised),
        missing=sum(second >= 0 for second in ill) - len(raised),
        machines=MACHINES,
        readings=readings,
        readings_per_s=round(readings / took),
        seconds=seconds,
    )


def _share(times: list[float], percent: float) -> float:
    return round(float(np.percentile(times, percent)), 1)
