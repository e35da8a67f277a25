"""Pictures of a judged run as inline SVG: signal, score, line, label and alarms; no script, no library."""

from collections.abc import Sequence
from html import escape

import numpy as np
from msgspec import Struct

from pdm.demo.chart import HIGH, SCORE_SCALE, SCORE_TOP, WIDE, figure, polyline, time_axis
from pdm.evaluate.judging import Judged
from pdm.evaluate.run import Array, Run
from pdm.evaluate.signals import Signals
from pdm.instant import NS
from pdm.units import display


class Pictured(Struct, frozen=True):
    """A run, what was made of it, and raises of another version to be drawn beside it, in ns."""

    signals: Signals
    found: Judged
    other: tuple[int, ...] = ()


def charts(one: Pictured) -> str:
    """Draw the channel that said most, and the score, over the same time."""
    signals, run = one.signals, one.found.run
    channel = signals.channels[_telling(one)]
    unit, shown = display(channel.quantity, channel.unit)
    values = np.array([shown(value) for value in _filled(signals.values[:, _telling(one)]).tolist()])
    low, high = float(values.min()), float(values.max())
    air = max(0.06 * (high - low), 0.005 * abs(high), 1e-9)
    behind = _labels(run) + _alarms(run)
    signal = figure(
        channel.name,
        f"{low:.4g} to {high:.4g} {unit}",
        behind + polyline(values, low - air, high + air, "signal") + _others(one),
    )
    return f"<div>{signal}{_score(one, behind)}{time_axis(_seconds(run))}</div>"


def track(run: Run) -> str:
    """Draw a run as a row: when it was ill, and when an alarm stood."""
    bars = [_bar(run, int(run.times[a]), int(run.times[b]), "truth machine") for a, b in run.faults()]
    bars += [_bar(run, begin, _end(run, end), "alarm") for begin, end in run.alarms]
    return f'<div class="track">{"".join(bars)}</div>'


def _score(one: Pictured, behind: str) -> str:
    score = np.nan_to_num(one.found.scores)
    y = HIGH * (1.0 - 1.0 / SCORE_SCALE)
    line = f'<line class="one" x1="0" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
    curve = polyline(np.minimum(score, SCORE_TOP), 0.0, SCORE_SCALE, "score")
    return figure(
        "score", f"peak {score.max():.1f}; an alarm above 1.0", behind + line + curve + _others(one)
    )


def _telling(one: Pictured) -> int:
    """Find the channel that said most at the first alarm, or the one that moved most in the label."""
    names = [channel.name for channel in one.signals.channels]
    for event in one.found.events:
        if event.evidence and event.evidence[0].channel in names:
            return names.index(event.evidence[0].channel)
    labels, values = one.signals.labels, one.signals.values
    if not labels.any() or labels.all():
        return 0
    moved = np.nanmean(values[labels], axis=0) - np.nanmean(values[~labels], axis=0)
    return int(np.nanargmax(np.abs(moved) / (np.nanstd(values[~labels], axis=0) + 1e-12)))


def _filled(values: Array) -> Array:
    """Hold the last reading where one is missing."""
    rows = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    return np.nan_to_num(values[rows])


def _labels(run: Run) -> str:
    return "".join(_rect(run, int(run.times[a]), int(run.times[b]), "band machine") for a, b in run.faults())


def _alarms(run: Run) -> str:
    parts = []
    for begin, end in run.alarms:
        x = f"{_x(run, begin):.1f}"
        parts.append(_rect(run, begin, _end(run, end), "band stood"))
        parts.append(f'<line class="raise" x1="{x}" x2="{x}" y1="0" y2="{HIGH}"/>')
    return "".join(parts)


def _others(one: Pictured) -> str:
    places = [f"{_x(one.found.run, at):.1f}" for at in one.other]
    return "".join(f'<line class="before" x1="{x}" x2="{x}" y1="0" y2="{HIGH}"/>' for x in places)


def _rect(run: Run, begin: int, end: int, names: str) -> str:
    x, width = _x(run, begin), max(1.0, _x(run, end) - _x(run, begin))
    return f'<rect class="{names}" x="{x:.1f}" y="0" width="{width:.1f}" height="{HIGH}"/>'


def _bar(run: Run, begin: int, end: int, names: str) -> str:
    left = 100.0 * _x(run, begin) / WIDE
    width = max(0.5, 100.0 * (_x(run, end) - _x(run, begin)) / WIDE)
    return f'<i class="{escape(names)}" style="left:{left:.2f}%;width:{width:.2f}%"></i>'


def _end(run: Run, end: int | None) -> int:
    return int(run.times[-1]) if end is None else end


def _x(run: Run, at: int) -> float:
    span = max(1, int(run.times[-1]) - int(run.times[0]))
    return WIDE * min(max(0.0, (at - int(run.times[0])) / span), 1.0)


def _seconds(run: Run) -> int:
    return max(1, (int(run.times[-1]) - int(run.times[0])) // NS)


def figures_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of plain text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll card"><table><tr>{head}</tr>{body}</table></div>'
