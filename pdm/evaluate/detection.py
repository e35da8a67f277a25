"""How well the detectors find labelled faults: the events of the whole chain against the labels."""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from pdm.evaluate import alarms, points, trivial
from pdm.evaluate.folder import labelled, normal, times_and_labels
from pdm.evaluate.points import Points
from pdm.evaluate.run import Run
from pdm.instant import nanoseconds
from pdm.records.event import MACHINE, Event, Kind
from pdm.replay.recording import assets_of

EventsOf = Callable[[Sequence[Path]], list[Event]]
"""Recorded files to the events of the chain; assets are named as `assets_of` names them."""


class Detection(Struct, frozen=True):
    """The figures, shares as fractions, beside the rows of those who look at no sensor.

    f1, far, mar                 : pooled over rows from `points.START_UP` on
    f1_low, f1_high              : 90 % interval of F1, whole files drawn again
    event_*, delay_*             : see `alarms.Alarms`
    percent_time_in_alarm_normal, false_alarms_normal : of the normal stream, None without one
    by_folder                    : the point figures of each folder, a family of faults
    """

    f1: float
    far: float
    mar: float
    f1_low: float
    f1_high: float
    event_recall: float
    event_precision: float
    delay_median_s: float
    delay_p90_s: float
    faults: int
    alarms: int
    percent_time_in_alarm_normal: float | None
    false_alarms_normal: int | None
    files: int
    rows: int
    all_ones: Points
    clock: Points
    random: Points
    by_folder: dict[str, Points]


def detection(folder: Path, events_of: EventsOf) -> Detection:
    """Send all files of a folder through the chain and compare; labels go to the judge alone.

    raises FolderError where there is nothing to evaluate
    """
    paths, stream = labelled(folder), normal(folder)
    runs = runs_of(paths, events_of(paths))
    quiet = runs_of([stream], events_of([stream])) if stream else []
    return compare(runs, [path.parent.name for path in paths], quiet[0] if quiet else None)


def runs_of(paths: Sequence[Path], events: Sequence[Event]) -> list[Run]:
    """Put labels and alarms of each file together."""
    runs = []
    for path, asset in zip(paths, assets_of(paths), strict=True):
        times, labels = times_and_labels(path)
        runs.append(Run(asset, times, labels, intervals([e for e in events if e.asset == asset])))
    return runs


def intervals(events: Sequence[Event]) -> tuple[tuple[int, int | None], ...]:
    """Return when each alarm of one machine began and ended, in order; None where it did not end.

    What is about a sensor, or about data that did not come, is no alarm of the machine.
    """
    events = [event for event in events if event.subject == MACHINE]
    raised = {event.id: nanoseconds(event.raised) for event in events}
    ended = {event.id: nanoseconds(event.time) for event in events if event.kind is Kind.CLEAR}
    return tuple(sorted(((begin, ended.get(name)) for name, begin in raised.items()), key=lambda a: a[0]))


def compare(runs: Sequence[Run], folders: Sequence[str], quiet: Run | None = None) -> Detection:
    """Return all figures of labelled runs, the folder of each, and a normal stream."""
    table, events = points.table_of(runs), alarms.judge(runs)
    overall, (low, high) = points.pooled(table), points.interval(table)
    return Detection(
        f1=overall.f1,
        far=overall.far,
        mar=overall.mar,
        f1_low=low,
        f1_high=high,
        event_recall=events.recall,
        event_precision=events.precision,
        delay_median_s=events.delay_median_s,
        delay_p90_s=events.delay_p90_s,
        faults=events.faults,
        alarms=events.alarms,
        percent_time_in_alarm_normal=100.0 * float(quiet.alarmed().mean()) if quiet else None,
        false_alarms_normal=len(quiet.alarms) if quiet else None,
        files=len(runs),
        rows=sum(len(run.times) for run in runs),
        all_ones=trivial.all_ones(runs),
        clock=trivial.clock(runs),
        random=trivial.random(runs),
        by_folder={
            name: points.pooled(table[[folder == name for folder in folders]])
            for name in sorted(set(folders))
        },
    )
