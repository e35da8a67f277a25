"""What to do next for a tidy history: small files together, old days thinned out, the oldest away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from pdm.history.keep import DAY_S, Keep
from pdm.history.manifest import File, Grade

HOT_FILES, HOT_S, HOT_ROWS = 12, 300, 1_000_000
"""Hot files are sorted into hours when there are so many, or one is so old; so many rows at a time."""
QUIET_S = 600
"""An hour is made one file when nothing has come for so long; a day when six times that has passed."""
FAN_IN, LARGEST, DAY_ROWS = 16, 64_000_000, 4_000_000
"""Files merged at once; rows beyond which a file stays as it is; rows that a whole day's file may have."""
HOUR_NS, DAY_NS = 3_600 * 10**9, DAY_S * 10**9
_FINER = {Grade.MINUTE: (Grade.RAW,), Grade.HOUR: (Grade.RAW, Grade.MINUTE)}


class Job(Struct, frozen=True):
    """Files that are to become others, of one grade, a file for each site and `span_ns`; "" is all sites.

    grade : None where they are only dropped
    """

    inputs: tuple[File, ...]
    grade: Grade | None
    span_ns: int = HOUR_NS


def next_job(files: Sequence[File], now_s: float, keep: Keep) -> Job | None:
    """Choose the most useful job, None where all is tidy."""
    return (
        _expired(files, now_s, keep)
        or _hot([file for file in files if file.grade is Grade.HOT], now_s)
        or _thin(files, now_s, keep)
        or _merge(files, now_s)
    )


def _expired(files: Iterable[File], now_s: float, keep: Keep) -> Job | None:
    """Drop what is older than anything is kept."""
    oldest = int((now_s - keep.hour * DAY_S) * 1e9)
    old = tuple(f for f in files if f.grade is not Grade.HOT and f.end_ns < oldest)
    return Job(old, None) if old else None


def _hot(hot: Sequence[File], now_s: float) -> Job | None:
    """Sort hot files into their sites and hours; into days where they go far back."""
    if not hot or (len(hot) < HOT_FILES and now_s - min(f.added_s for f in hot) < HOT_S):
        return None
    chosen, rows = list[File](), 0
    for file in sorted(hot, key=lambda f: f.path)[:FAN_IN]:
        if chosen and rows + file.rows > HOT_ROWS:
            break
        chosen.append(file)
        rows += file.rows
    far = max(f.end_ns for f in chosen) - min(f.begin_ns for f in chosen) > 1.5 * DAY_NS
    return Job(tuple(chosen), Grade.RAW, DAY_NS if far else HOUR_NS)


def _thin(files: Iterable[File], now_s: float, keep: Keep) -> Job | None:
    """Average a day that is old enough, together with what was averaged of it before."""
    for (_, day), mine in _grouped(files, DAY_NS).items():
        grade = keep.averages_of((day + 1) * DAY_NS, int(now_s * 1e9))
        finer = _FINER[grade] if grade else ()
        if grade and any(file.grade in finer for file in mine):
            return Job(tuple(f for f in mine if f.grade in {*finer, grade}), grade, DAY_NS)
    return None


def _merge(files: Iterable[File], now_s: float) -> Job | None:
    """Make one file of an hour, or of a day with little in it."""
    raw = [file for file in files if file.grade is Grade.RAW and file.rows < LARGEST]
    for span, quiet in ((DAY_NS, 6 * QUIET_S), (HOUR_NS, QUIET_S)):
        for (_, at), mine in _grouped(raw, span).items():
            over = now_s * 1e9 > (at + 1) * span and now_s - max(f.added_s for f in mine) > quiet
            small = span == HOUR_NS or sum(f.rows for f in mine) <= DAY_ROWS
            if over and small and len(mine) > 1:
                chosen = sorted(mine, key=lambda f: f.rows)[: FAN_IN if span == HOUR_NS else 4 * FAN_IN]
                return Job(tuple(chosen), Grade.RAW, span)
    return None


def _grouped(files: Iterable[File], span_ns: int) -> dict[tuple[str, int], list[File]]:
    """Group by site and span the files that lie in one span, the oldest first."""
    found = defaultdict[tuple[str, int], list[File]](list)
    for file in files:
        if file.grade is not Grade.HOT and file.begin_ns // span_ns == file.end_ns // span_ns:
            found[file.site, file.begin_ns // span_ns].append(file)
    return dict(sorted(found.items(), key=lambda item: item[0][1]))
