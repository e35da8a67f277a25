"""A dry run: what becomes of each field of foreign points, told one by one by the door itself."""

from collections.abc import Iterator

from msgspec import Struct

from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.points import Points
from pdm.chain.acquisition.series import Series
from pdm.instant import rfc3339

ACCEPTED, IGNORED = "accepted", "ignored"


class Tried(Struct, frozen=True):
    """What became of one field, or of a line as a whole.

    line    : from 1, as editors count
    verdict : "accepted", "ignored", or the reason for which it was refused; detail : more of it
    value   : as it was posted, in `unit`
    rule    : which rule decided, "" where none did
    """

    line: int
    verdict: str
    detail: str = ""
    field: str = ""
    asset: str = ""
    channel: str = ""
    quantity: str = ""
    value: float | None = None
    unit: str = ""
    time: str = ""
    rule: str = ""


def trial(points: Points, known: Series, now_ns: int) -> list[Tried]:
    """Tell the fate of each field, in the order of the lines; values that a rule leaves out are not told."""
    lines = [Tried(one.index + 1, one.reason, one.detail) for one in points.rejected]
    return sorted([*lines, *_fields(points, known, now_ns)], key=lambda tried: tried.line)


def _fields(points: Points, known: Series, now_ns: int) -> Iterator[Tried]:
    """Let each number through the door alone."""
    for row in range(len(points.code)):
        one = slice(row, row + 1)
        alone = Points(points.code[one], points.time[one], points.value[one], points.place[one], (), 0)
        found = admit_points(alone, known, now_ns)
        code = int(points.code[row])
        decided, field, line = known.fates[code], known.points[code].field, int(points.place[row]) + 1
        target = decided.target
        if found.ignored:
            yield Tried(line, IGNORED, field=field, rule=decided.rule)
            continue
        refused = found.rejected[0] if found.rejected else None
        yield Tried(
            line,
            refused.reason if refused else ACCEPTED,
            refused.detail if refused else "",
            field,
            target.asset if target else "",
            target.channel if target else "",
            target.quantity if target else "",
            float(points.value[row]),
            target.unit if target else "",
            _instant(int(points.time[row])),
            decided.rule,
        )


def _instant(time_ns: int) -> str:
    """Write a time that may be far off."""
    return rfc3339(time_ns) if time_ns >= 0 else f"{time_ns} ns"
