"""The yardstick: a plain Faust agent, a JSON reading a message, the same detector reading by reading.

`python -m bench.plain_faust BOOTSTRAP READINGS` is the agent; it ends when it has judged them all.
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust
import numpy as np
from kafka import KafkaProducer

from bench.workload import CHANNELS, values
from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import TopicSpec

ROOT = Path(__file__).parents[1]
TOPIC = "bench.readings"
READINGS = 40_000
FOUND = "readings_per_s"
SMOOTH, MEMORY, ALLOWED = 0.08, 0.005, 0.05


def readings_per_s(seed: int) -> float:
    """Run the agent on an embedded broker; returns readings a second from its first to its last."""
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as folder, EmbeddedKafka(Path(folder)) as kafka:
        topics.apply(kafka.bootstrap, 1, (TopicSpec(TOPIC),))
        producer: Any = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=20)
        rng, row = np.random.default_rng(seed), np.arange(READINGS // len(CHANNELS))
        for second, found in enumerate(values(rng, row, row).tolist()):
            for channel, value in zip(CHANNELS, found, strict=True):
                reading = {
                    "asset": f"pump-{second % 100}",
                    "channel": channel.name,
                    "time": second,
                    "value": value,
                }
                producer.send(TOPIC, json.dumps(reading).encode())
        producer.flush()
        producer.close()
        command = [sys.executable, "-m", "bench.plain_faust", kafka.bootstrap, str(READINGS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603
        found = re.search(rf"^{FOUND} (\S+)$", done.stdout, re.MULTILINE)
        if found is None:
            raise RuntimeError(done.stdout[-500:] + done.stderr[-2_000:])
        return float(found[1])


@dataclass
class Channel:
    """What a reading-by-reading detector remembers of a channel."""

    mean: float = math.nan
    base: float = math.nan
    spread: float = 0.0
    delayed: list[float] = field(default_factory=list)

    def judge(self, value: float) -> float:
        """Score a value against the slow baseline, then learn it with delay."""
        if math.isnan(self.mean):
            self.mean = self.base = value
        self.mean += SMOOTH * (value - self.mean)
        off, allowed = self.mean - self.base, ALLOWED * abs(self.base)
        wander = min(9.0 * self.spread, 0.25 * allowed * allowed)
        score = math.sqrt(max(0.0, (off * off - wander / 9.0) / (allowed * allowed + wander)))
        self.delayed.append(self.mean)
        if len(self.delayed) > 30 and score <= 1.0:
            old = self.delayed.pop(0) - self.base
            self.base += MEMORY * old
            self.spread = (1.0 - MEMORY) * (self.spread + MEMORY * old * old)
        return score


def agent(bootstrap: str, wanted: int) -> None:
    """Judge readings one by one, and print how many a second."""
    app: Any = faust.App(
        "bench-plain",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        datadir=tempfile.mkdtemp(),
    )
    channels: dict[tuple[str, str], Channel] = {}
    times: list[float] = []

    async def judge(stream: Any) -> None:
        async for reading in stream:
            key = (reading["asset"], reading["channel"])
            channels.setdefault(key, Channel()).judge(reading["value"])
            times.append(time.perf_counter())
            if len(times) == wanted:
                print(f"\n{FOUND} {wanted / (times[-1] - times[0])}", flush=True)
                os._exit(0)

    app.agent(app.topic(TOPIC, value_serializer="json", partitions=1))(judge)
    faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    agent(sys.argv[1], int(sys.argv[2]))
