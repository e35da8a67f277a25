"""Doing one job: files become others, chunk by chunk of machines, so that memory stays small."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pdm.history import parquet
from pdm.history.averages import as_averages, averaged, not_covered
from pdm.history.keep import WIDTH_NS
from pdm.history.manifest import File, Grade
from pdm.history.plan import HOUR_NS, Job
from pdm.history.rows import Rows, empty, joined, ordered
from pdm.history.writing import Writer

CHUNK = 500_000
"""Rows that are merged at once, as long as no machine has more of its own."""

SiteOf = Callable[[str], str]
"""Asset -> the site whose folder its rows go to."""


def execute(writer: Writer, job: Job, site_of: SiteOf) -> bool:
    """Do a job; False, with nothing changed, where one of its files counts no more."""
    add: list[File] = []
    if job.grade is not None:
        for site, at, parts in _outputs(writer.disk.folder, job, site_of):
            file = writer.put(job.grade, site, _path(writer, job, site, at), parts)
            if file.rows:
                add.append(file)
            else:
                writer.disk.remove(file.path)
    writer.disk.step("commit")
    done = writer.manifest.commit(add, job.inputs, now_s=int(writer.clock()))
    if not done:
        for file in add:
            writer.disk.remove(file.path)
    return done


def _outputs(folder: Path, job: Job, site_of: SiteOf) -> Iterator[tuple[str, int, Iterable[Rows]]]:
    """Say which files a job makes: site, number of the span, and rows."""
    first = job.inputs[0]
    if first.grade is Grade.HOT:
        yield from _pieces(_merged(folder, job, None, None), site_of, job.span_ns)
    else:
        yield first.site, first.begin_ns // job.span_ns, _chunks(folder, job)


def combined(folder: Path, files: Sequence[File], read: Callable[[Path], Rows]) -> list[Rows]:
    """Read files, and sort those of one grade together; averages that hold a bucket go before the rest.

    returns rows of readings, of minutes and of hours, those that are not empty
    """
    readings = _sorted(folder, [f for f in files if f.grade in {Grade.HOT, Grade.RAW}], read)
    minutes = _sorted(folder, [f for f in files if f.grade is Grade.MINUTE], read)
    hours = _sorted(folder, [f for f in files if f.grade is Grade.HOUR], read)
    for coarse, width in ((minutes, WIDTH_NS[Grade.MINUTE]), (hours, WIDTH_NS[Grade.HOUR])):
        if len(coarse) and len(readings):
            readings = not_covered(readings, coarse, width)
    if len(hours) and len(minutes):
        minutes = not_covered(minutes, hours, WIDTH_NS[Grade.HOUR])
    return [rows for rows in (readings, minutes, hours) if len(rows)]


def _sorted(folder: Path, files: Sequence[File], read: Callable[[Path], Rows]) -> Rows:
    parts = [part for part in (read(folder / file.path) for file in files) if len(part)]
    return ordered(joined(parts)) if parts else empty()


def _merged(folder: Path, job: Job, lowest: str | None, highest: str | None) -> Rows:
    """Read and merge the rows of some machines; averaged where the job says so."""
    grades = combined(folder, job.inputs, lambda path: parquet.read(path, lowest, highest))
    if job.grade not in WIDTH_NS:
        return grades[0] if grades else empty()
    width = WIDTH_NS[job.grade]
    whole = joined([as_averages(rows) for rows in grades]) if grades else empty(coarse=True)
    return averaged(ordered(whole), width)


def _chunks(folder: Path, job: Job) -> Iterator[Rows]:
    """Merge machine by machine, or as many together as make a chunk."""
    for lowest, highest in borders([g for f in job.inputs for g in parquet.assets(folder / f.path)]):
        yield _merged(folder, job, lowest, highest)


def borders(groups: Sequence[tuple[str, str, int]], chunk: int = CHUNK) -> Iterator[tuple[str | None, str]]:
    """Cut the machines of row groups (first, last, rows) into ranges, both ends included."""
    lowest: str | None = None
    rows = 0
    ends = sorted((last, count) for _, last, count in groups)
    for i, (last, count) in enumerate(ends):
        rows += count
        final = i + 1 == len(ends)
        if final or (rows >= chunk and ends[i + 1][0] != last):
            yield lowest, last
            lowest, rows = last + "\0", 0


def _pieces(rows: Rows, site_of: SiteOf, span_ns: int) -> Iterator[tuple[str, int, Iterable[Rows]]]:
    """Cut rows by site and span of time."""
    names = [site_of(signal.asset) for signal in rows.signals]
    sites = sorted(set(names))
    site = np.array([sites.index(name) for name in names], np.int64)[rows.code]
    at = rows.columns["time"] // span_ns
    for s, name in enumerate(sites):
        mine = np.flatnonzero(site == s)
        for span in np.unique(at[mine]).tolist():
            some = mine[at[mine] == span]
            yield name, span, [rows if len(some) == len(rows) else rows.take(some)]


def _path(writer: Writer, job: Job, site: str, at: int) -> str:
    """Name a new file after what is in it."""
    moment = datetime.fromtimestamp(at * job.span_ns // 10**9, UTC)
    span = f"hour={moment:%H}" if job.span_ns == HOUR_NS else "day"
    return f"{job.grade}/site={site}/date={moment:%Y-%m-%d}/{span}-{writer.manifest.number():012d}"
