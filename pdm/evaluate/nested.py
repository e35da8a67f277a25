"""Settings chosen without the runs they are judged on: by file, and by family of faults."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate import alarms, points
from pdm.evaluate.choice import best, choose
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
    luckiest        : likewise, the best F1 taken as it is, see `choice`
    by_fold         : the fold -> the setting chosen without it
    luckiest_by_fold : the fold -> the setting with the best F1 without it
    f1_shipped_by_fold, f1_chosen_by_fold : on the runs that were left out, fold by fold
    """

    folds: int
    shipped: Figures
    chosen: Figures
    luckiest: Figures
    by_fold: dict[str, str]
    luckiest_by_fold: dict[str, str]
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
    lucky: dict[str, int] = {}
    of_run = np.array(folds)
    for fold in sorted(set(folds)):
        tables = [_inside(trial, of_run != fold) for trial in trials]
        chosen[fold], lucky[fold] = choose(tables), best(tables)
    shipped = trials[0]
    return HeldOut(
        folds=len(chosen),
        shipped=figures(shipped.runs),
        chosen=_picked(trials, chosen, folds),
        luckiest=_picked(trials, lucky, folds),
        by_fold={fold: str(trials[k].setting) for fold, k in chosen.items()},
        luckiest_by_fold={fold: str(trials[k].setting) for fold, k in lucky.items()},
        f1_shipped_by_fold={f: points.pooled(shipped.table[of_run == f]).f1 for f in chosen},
        f1_chosen_by_fold={f: points.pooled(trials[k].table[of_run == f]).f1 for f, k in chosen.items()},
    )


def figures(found: Sequence[Judged]) -> Figures:
    """Return the figures of some runs together."""
    runs = [one.run for one in found]
    p: Points = points.pooled(points.table_of(runs))
    events = alarms.judge(runs)
    return Figures(p.f1, p.far, p.mar, events.recall, events.precision, events.delay_p90_s)


def _picked(trials: Sequence[Trial], setting: Mapping[str, int], folds: Sequence[str]) -> Figures:
    """Judge each run by the setting of its fold."""
    return figures([trials[setting[fold]].runs[i] for i, fold in enumerate(folds)])


def _inside(trial: Trial, inside: Array) -> Array:
    """Return what a trial came to on the runs inside and on the normal stream: (runs, 4)."""
    quiet = [trial.quiet.run] if trial.quiet is not None else []
    return np.concatenate([trial.table[inside], points.table_of(quiet)])
