"""Slow drift put into normal data: what the baseline absorbs, what is found and by whom, and what latches."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.folder import FolderError, normal, times_and_labels
from pdm.evaluate.healthy import of_scenario, quiet
from pdm.evaluate.judging import Judged
from pdm.evaluate.material import Progress, logged
from pdm.evaluate.run import Array
from pdm.evaluate.signals import Signals, read
from pdm.evaluate.stress import allowances
from pdm.instant import NS
from pdm.plant.spec import Plant
from pdm.records.event import MACHINE
from pdm.replay.layout import recognise
from pdm.replay.recording import Recording

SPEEDS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Allowances of the channel in an hour."""
STEP = 3.0
"""Allowances that a permanent step moves a channel by."""
OWN_S = 60
"""An alarm this near one of the undisturbed stream is that one, and finds nothing."""
BEGIN, LASTS, RISE = 0.25, 0.35, 4.0
"""The drift's beginning and length as shares of the stream; most allowances that it comes to."""


class Speed(Struct, frozen=True):
    """Drifts of one speed, each of one channel of one stream, up and down in turn.

    found, absorbed        : drifts with an alarm that began in them, and without one
    delay_median_s         : from the drift's beginning to the alarm
    size_median_allowances : how far the channel had come by then
    by_detector            : the cause of the first alarm -> how many
    time_in_alarm_after_end_percent : of the rows after the drift was over, the channel back where it was
    latched                : drifts with an alarm that still stood at the end of the stream
    """

    allowances_per_hour: float
    drifts: int
    found: int
    absorbed: int
    delay_median_s: float
    size_median_allowances: float
    by_detector: dict[str, int]
    time_in_alarm_after_end_percent: float
    latched: int


class Step(Struct, frozen=True):
    """Steps that stay, of `allowances` each: a fault that stands must not vanish by patience.

    time_in_alarm_after_step_percent : of all rows after the steps
    standing_at_end                  : steps with an alarm that still stood at the end of the stream
    """

    allowances: float
    steps: int
    found: int
    delay_median_s: float
    time_in_alarm_after_step_percent: float
    standing_at_end: int


class Slow(Struct, frozen=True):
    """All speeds, slowest first, and steps.

    time_in_alarm_undisturbed_percent : of the same streams with nothing put in
    """

    streams: int
    channels: int
    time_in_alarm_undisturbed_percent: float
    speeds: list[Speed]
    permanent_step: Step


def slow(streams: Sequence[Signals], plant: Plant, progress: Progress = lambda _line: None) -> Slow:
    """Put drifts and steps into each channel of healthy streams, one at a time, and judge each."""
    kit = Kit(plant)
    still = [_Still(one, logged(one, plant).judge(kit)) for one in streams]
    speeds = []
    for per_hour in SPEEDS:
        progress(f"drifts of {per_hour:g} allowances an hour")
        speeds.append(_speed(per_hour, still, plant, kit))
    progress(f"steps of {STEP:g} allowances")
    rows = sum(len(one) for one in streams)
    return Slow(
        streams=len(streams),
        channels=sum(len(one.channels) for one in streams),
        time_in_alarm_undisturbed_percent=100.0
        * sum(int(one.found.run.alarmed().sum()) for one in still)
        / rows,
        speeds=speeds,
        permanent_step=_steps(still, plant, kit),
    )


def ramp(seconds: Array, per_hour: float) -> tuple[Array, int, int]:
    """Return the drift at each second in allowances, and its first row and the first row after it.

    It grows evenly until it has come to RISE or the time is over, holds, and is put right at once.
    """
    n = len(seconds)
    begin, end = int(BEGIN * n), int((BEGIN + LASTS) * n)
    size = np.clip(per_hour / 3600.0 * (seconds - seconds[begin]), 0.0, RISE)
    size[end:] = 0.0
    return size, begin, end


def simulated(machines: int = 6, hours: int = 4, seed: int = 11) -> list[Signals]:
    """Give healthy simulated streams; they go with the plant file of `healthy.quiet`."""
    return [one for one in of_scenario(quiet(seed, 1, machines, hours)) if not one.group]


def normal_stream(folder: Path, plant: Plant) -> Signals:
    """Read the normal stream of a folder; raises FolderError where there is none."""
    path = normal(folder)
    if path is None:
        raise FolderError(f"{folder}: drift needs a normal stream, anomaly_free.csv, and there is none")
    return read(Recording(path.stem, path, recognise(path)), plant, *times_and_labels(path))


class _Still(Struct, frozen=True):
    """A stream with nothing put in, and what the chain makes of it."""

    signals: Signals
    found: Judged


class _Tried(Struct, frozen=True):
    """One disturbed stream: its rows from `begin` to `end` are the drift; `own` are its alarms without it."""

    found: Judged
    own: tuple[int, ...]
    begin: int
    end: int
    size: Array

    def first(self) -> tuple[float, float, str] | None:
        """Return delay in s, size at the alarm, and the cause, of the first alarm that began in the drift."""
        times = self.found.run.times
        for (raised, _), event in zip(self.found.run.alarms, _raises(self.found), strict=True):
            inside = times[self.begin] <= raised < times[min(self.end, len(times) - 1)]
            if inside and all(abs(raised - other) > OWN_S * NS for other in self.own):
                row = int(np.searchsorted(times, raised))
                return (raised - int(times[self.begin])) / NS, float(self.size[row]), event
        return None

    def after(self) -> Array:
        """Tell for each row after the drift whether it was in alarm."""
        return self.found.run.alarmed()[self.end :]


def _raises(found: Judged) -> list[str]:
    """Name the cause of each alarm, in the order of the alarms."""
    of_machine = [event for event in found.events if event.subject == MACHINE]
    causes = {(event.raised, event.id): event.cause for event in reversed(of_machine)}
    return [causes[key] for key in sorted(causes)]


def _speed(per_hour: float, still: Sequence[_Still], plant: Plant, kit: Kit) -> Speed:
    tried = [
        _try(one, channel, *ramp((one.signals.times - one.signals.times[0]) / NS, per_hour), plant, kit)
        for one in still
        for channel in range(len(one.signals.channels))
    ]
    firsts = [first for first in (one.first() for one in tried) if first]
    causes = [cause for _, _, cause in firsts]
    return Speed(
        allowances_per_hour=per_hour,
        drifts=len(tried),
        found=len(firsts),
        absorbed=len(tried) - len(firsts),
        delay_median_s=_median([delay for delay, _, _ in firsts]),
        size_median_allowances=_median([size for _, size, _ in firsts]),
        by_detector={cause: causes.count(cause) for cause in sorted(set(causes))},
        time_in_alarm_after_end_percent=100.0 * float(np.concatenate([t.after() for t in tried]).mean()),
        latched=sum(bool(one.after()[-1]) for one in tried),
    )


def _steps(still: Sequence[_Still], plant: Plant, kit: Kit) -> Step:
    tried = []
    for one in still:
        n = len(one.signals)
        size, begin = np.zeros(n), int(BEGIN * n)
        size[begin:] = STEP
        tried += [_try(one, c, size, begin, n, plant, kit) for c in range(len(one.signals.channels))]
    firsts = [first for first in (one.first() for one in tried) if first]
    alarmed = np.concatenate([one.found.run.alarmed()[one.begin :] for one in tried])
    return Step(
        allowances=STEP,
        steps=len(tried),
        found=len(firsts),
        delay_median_s=_median([delay for delay, _, _ in firsts]),
        time_in_alarm_after_step_percent=100.0 * float(alarmed.mean()),
        standing_at_end=sum(bool(one.found.run.alarmed()[-1]) for one in tried),
    )


def _try(still: _Still, channel: int, size: Array, begin: int, end: int, plant: Plant, kit: Kit) -> _Tried:
    """Disturb one channel, up where its number is even and down where it is odd."""
    sign = 1.0 if channel % 2 == 0 else -1.0
    signals = still.signals
    values = signals.values.copy()
    values[:, channel] += sign * size * allowances(signals, plant)[channel]
    own = tuple(raised for raised, _ in still.found.run.alarms)
    return _Tried(logged(signals.with_values(values), plant).judge(kit), own, begin, end, size)


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else float("nan")
