"""Settings chosen without the runs they are judged on: by file, and by family of faults."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate import alarms, points
from pdm.evaluate.judging import Judged
from pdm.evaluate.material import Material, Progress, judged, percent_alarmed
from pdm.evaluate.points import Points
from pdm.evaluate.run import Array
from pdm.evaluate.setting import Setting, VariedKit, grid


class Figures(Struct, frozen=True):
    """The figures of runs together, see `points.Points` and `alarms.Alarms`."""

    f1: float
    far: float
    mar: float
    event_recall: float
    event_precision: float
    delay_p90_s: float


class Sensitivity(Struct, frozen=True):
    """What one changed setting does to all runs."""

    setting: str
    figures: Figures
    percent_time_in_alarm_normal: float | None


class HeldOut(Struct, frozen=True):
    """Runs judged by a setting that was chosen on all others.

    shipped, chosen : what ships, and what was chosen in each fold, on the runs that were left out
    by_fold         : the fold -> the setting chosen without it
    f1_shipped_by_fold, f1_chosen_by_fold : on the runs that were left out, fold by fold
    """

    folds: int
    shipped: Figures
    chosen: Figures
    by_fold: dict[str, str]
    f1_shipped_by_fold: dict[str, float]
    f1_chosen_by_fold: dict[str, float]


class Nested(Struct, frozen=True):
    """Both ways to leave out, and what every setting does, halved and doubled."""

    leave_file_out: HeldOut
    leave_family_out: HeldOut
    settings: list[Sensitivity]


class Trial(Struct, frozen=True):
    """All runs judged by one setting; table : (runs, 4) as of `points.counts`."""

    setting: Setting
    runs: list[Judged]
    table: Array
    quiet: Judged | None


def nested(material: Material, progress: Progress = lambda _line: None) -> Nested:
    """Judge all runs by every setting of the grid, then leave out in turn."""
    trials = []
    for setting in grid():
        progress(f"setting {setting}")
        kit = VariedKit(material.plant, setting)
        runs = judged(material.runs, kit)
        quiet = material.quiet.judge(kit) if material.quiet else None
        trials.append(Trial(setting, runs, points.table_of([one.run for one in runs]), quiet))
    names = [run.signals.asset for run in material.runs]
    return Nested(
        leave_file_out=held_out(trials, names),
        leave_family_out=held_out(trials, material.groups()),
        settings=[
            Sensitivity(str(t.setting), figures(t.runs), percent_alarmed(t.quiet) if t.quiet else None)
            for t in trials
        ],
    )


def held_out(trials: Sequence[Trial], folds: Sequence[str]) -> HeldOut:
    """Leave each fold out, choose on the others, and judge what was left out. folds : one for each run"""
    chosen: dict[str, int] = {}
    of_run = np.array(folds)
    for fold in sorted(set(folds)):
        chosen[fold] = _choose(trials, of_run != fold)
    shipped = trials[0]
    picked = [trials[chosen[fold]].runs[i] for i, fold in enumerate(folds)]
    return HeldOut(
        folds=len(chosen),
        shipped=figures(shipped.runs),
        chosen=figures(picked),
        by_fold={fold: str(trials[k].setting) for fold, k in chosen.items()},
        f1_shipped_by_fold={f: points.pooled(shipped.table[of_run == f]).f1 for f in chosen},
        f1_chosen_by_fold={f: points.pooled(trials[k].table[of_run == f]).f1 for f, k in chosen.items()},
    )


def figures(found: Sequence[Judged]) -> Figures:
    """Return the figures of some runs together."""
    runs = [one.run for one in found]
    p: Points = points.pooled(points.table_of(runs))
    events = alarms.judge(runs)
    return Figures(p.f1, p.far, p.mar, events.recall, events.precision, events.delay_p90_s)


def _choose(trials: Sequence[Trial], inside: Array) -> int:
    """Return the setting with the best F1 on the runs inside and the normal stream; the first of equals."""
    scores = []
    for trial in trials:
        table = trial.table[inside]
        if trial.quiet is not None:
            table = np.concatenate([table, points.table_of([trial.quiet.run])])
        scores.append(np.nan_to_num(points.pooled(table).f1))
    return int(np.argmax(scores))
