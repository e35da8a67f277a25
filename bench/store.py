"""The store: rows recorded a second, on SQLite and on the PostgreSQL databases named on the command line.

python -m bench.store [postgresql://USER@HOST/EMPTY-DATABASE ...]
"""

import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.result import RESULTS, keep, result
from pdm.instant import NS, rfc3339
from pdm.records.event import Event, Evidence, Kind, Severity
from pdm.store.open import open_store
from pdm.store.protocol import Batch

BATCHES, ROWS, ROUNDS = 60, 200, 5
START_NS = 1_700_000_000 * NS


class Recorded(Struct, frozen=True):
    """Rows a second by engine, the median of the rounds; each row is a revision and moves its alarm.

    share : of the first engine's, which is SQLite on the same disk in the same run
    """

    rows_per_s: dict[str, int]
    share: dict[str, float]


def revision(alarm: int, number: int) -> Event:
    """Return one revision of an alarm, of plausible size."""
    evidence = Evidence("de-velocity", "vibration", "m/s", "drift", 2.4, 0.0071, 0.0023)
    return Event(
        id=f"00000000-0000-5000-8000-{alarm:012}",
        revision=number,
        asset=f"pump-{alarm % 500}",
        machine_class="pump",
        kind=Kind.RAISE if number == 1 else Kind.UPDATE,
        cause="drift",
        severity=Severity.ALARM,
        time=rfc3339(START_NS + (alarm + number) * NS),
        raised=rfc3339(START_NS + alarm * NS),
        score=2.4,
        peak=2.4,
        evidence=(evidence,),
    )


def rate(url: str, turn: int) -> float:
    """Return the rows a second of one round, whose alarms no other round has."""
    first = turn * BATCHES * ROWS
    batches = [
        tuple(revision(first + n * ROWS + k // 2, 1 + k % 2) for k in range(ROWS)) for n in range(BATCHES)
    ]
    with closing(open_store(url)) as store:
        began = time.perf_counter()
        for n, rows in enumerate(batches):
            store.record(Batch(f"turn-{turn}", 0, n, n + 1, rows))
        return BATCHES * ROWS / (time.perf_counter() - began)


def main(urls: list[str]) -> None:
    """Measure the engines in turn, and keep the result."""
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as folder:
        places = {"sqlite": f"sqlite:///{Path(folder) / 'pdm.sqlite'}"}
        places |= {f"postgresql{n or ''}": url for n, url in enumerate(urls)}
        found: dict[str, list[float]] = {name: [] for name in places}
        for turn in range(ROUNDS):
            for name, url in places.items():
                found[name].append(rate(url, turn))
    rates = {name: median(rounds) for name, rounds in found.items()}
    share = {name: round(value / rates["sqlite"], 2) for name, value in rates.items()}
    figures = Recorded({name: round(value) for name, value in rates.items()}, share)
    keep(result("store", 0, figures), RESULTS / "store.json")
    print(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
