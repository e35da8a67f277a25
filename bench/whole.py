"""The whole service at its limit: posted as fast as it is answered, until all has been seen and kept."""

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct, structs

from bench.progress import say
from bench.torrent import Torrent
from bench.workload import plant_toml
from pdm.broker.backlog import backlog, settle
from pdm.settings import Address, read
from pdm.supervision.service import Service

MACHINES, SECONDS = 10_000, 300
AGO_S = 6 * 3600
"""Data time begins so long ago, and runs faster than the clock."""
EVERY_S = 5.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Size(Struct, frozen=True):
    """How large a process was while readings were posted, in resident MB.

    least, most : of the second half; slope : MB a minute over it, by least squares
    """

    start: int
    middle: int
    end: int
    least: int
    most: int
    slope: float


class Whole(Struct, frozen=True):
    """Figures of `pdmctl up` on this machine, the client and the broker on the same cores.

    readings_per_s : accepted readings over the time until every stage had acknowledged all of them
    accepted_per_s : while they were posted
    settled_s      : from the last answer until every stage was done
    memory_mb      : of each process
    growth         : the largest ratio of what its slope adds in the second half to its size in the middle
    """

    readings_per_s: int
    accepted_per_s: int
    settled_s: float
    readings: int
    seconds: float
    data_seconds: int
    machines: int
    restarts: int
    memory_mb: dict[str, Size]
    growth: float


def run(seed: int = 7, seconds: int = SECONDS, machines: int = MACHINES) -> Whole:
    """Post for so many seconds, and wait until the last reading has been judged and kept."""
    with (
        tempfile.TemporaryDirectory(prefix="pdm-bench-") as place,
        _serving(Path(place), machines) as service,
    ):
        torrent = Torrent(service.url, machines, int(time.time()) - AGO_S, seed)
        memory = Memory(service)
        began = time.monotonic()
        with memory:
            asyncio.run(torrent.run(seconds))
        posted = time.monotonic()
        say(
            f"{torrent.readings:,} readings accepted, {torrent.seconds} s of data time; waiting for the chain"
        )
        settle(lambda: backlog(service.bootstrap))
        settled = time.monotonic()
        restarts = sum(service.restarts.values())
    sizes = memory.sizes()
    return Whole(
        readings_per_s=round(torrent.readings / (settled - began)),
        accepted_per_s=round(torrent.readings / (posted - began)),
        settled_s=round(settled - posted, 1),
        readings=torrent.readings,
        seconds=round(posted - began, 1),
        data_seconds=torrent.seconds,
        machines=machines,
        restarts=restarts,
        memory_mb=sizes,
        growth=round(max(one.slope * (posted - began) / 120 / one.middle for one in sizes.values()), 3),
    )


class Memory:
    """Looks now and then how large each process of a service is, as long as it is entered."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._seen: list[dict[str, int]] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def sizes(self) -> dict[str, Size]:
        """Return by process what was seen of it; those that were there all the time."""
        names = sorted(set.intersection(*(set(seen) for seen in self._seen)))
        return {name: size([seen[name] for seen in self._seen]) for name in names}

    def _look(self) -> None:
        while not self._ending.wait(EVERY_S):
            self._seen.append({name: _resident(pid) for name, pid in self._service.pids.items()})
            say(" ".join(f"{name} {size} MB" for name, size in sorted(self._seen[-1].items())))


def size(seen: Sequence[int]) -> Size:
    """Sum up how large a process was, looked at every EVERY_S."""
    half = len(seen) // 2
    second = np.array(seen[half:], np.float64)
    minutes = np.arange(len(second)) * EVERY_S / 60
    slope = float(np.polyfit(minutes, second, 1)[0]) if len(second) > 1 else 0.0
    return Size(seen[0], seen[half], seen[-1], int(second.min()), int(second.max()), round(slope, 1))


def _resident(pid: int) -> int:
    """Return the resident megabytes of a process, 1 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return 1
    return max(1, pages * _PAGE // 2**20)


def _serving(folder: Path, machines: int) -> Service:
    plant = folder / "plant.toml"
    plant.write_text(plant_toml(machines), "utf-8")
    usual = read(os.environ)
    return Service(
        structs.replace(usual, data_dir=folder / "data", plant=plant, http=Address("127.0.0.1", 0))
    )
