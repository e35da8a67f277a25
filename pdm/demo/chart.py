"""Small pictures of a run as inline SVG and HTML: no library, no script, colours by style sheet."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pdm.demo.score import Alarm
from pdm.demo.stories import Story
from pdm.simulator.truth import Truth

WIDE, HIGH = 1000, 100
BUCKETS = 300
SCORE_TOP, SCORE_SCALE = 4.0, 4.2
"""Scores are drawn up to the first: what is beyond is beyond doubt. The second leaves some air."""


def signal_chart(story: Story, index: int) -> str:
    """Draw one signal over the run, the truth behind it and the alarms on it."""
    curve = story.curves[index]
    low, high = _range(curve.values)
    decimals = min(curve.signal.decimals, 2)
    seconds = len(curve.values)
    lying = story.truth is not None and story.truth.channel == curve.signal.name
    label = curve.signal.name + (" (this sensor lies)" if lying else "")
    return figure(
        label=label,
        note=f"{low:.{decimals}f} to {high:.{decimals}f} {curve.signal.unit}",
        inner=_behind(story.truth, seconds)
        + polyline(curve.values, low, high, "signal")
        + _raises(story.alarms, seconds),
    )


def score_chart(story: Story) -> str:
    """Draw the score over the run, with the line at 1.0; empty where the log has no score."""
    if np.isnan(story.score).all():
        return ""
    y = HIGH * (1.0 - 1.0 / SCORE_SCALE)
    line = f'<line class="one" x1="0" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
    score = np.minimum(np.nan_to_num(story.score), SCORE_TOP)
    peak = float(np.nanmax(story.score))
    return figure(
        label="score",
        note=f"peak {peak:.1f}; an alarm above 1.0",
        inner=_behind(story.truth, len(score))
        + line
        + polyline(score, 0.0, SCORE_SCALE, "score")
        + _raises(story.alarms, len(score)),
    )


def time_axis(seconds: int) -> str:
    """Write minutes under the charts."""
    step = max(1, round(seconds / 60 / 6))
    marks = [(f"{minute}", _percent(60 * minute, seconds)) for minute in range(0, seconds // 60 + 1, step)]
    marks[-1] = (f"{marks[-1][0]} min", marks[-1][1])
    spans = "".join(f'<span style="left:{left}">{text}</span>' for text, left in marks)
    return f'<div class="axis" aria-hidden="true">{spans}</div>'


def track(truth: Truth, alarms: Sequence[Alarm], seconds: int) -> str:
    """Draw one machine as a row: when it was ill, and when an alarm stood."""
    bars = _bar(truth.onset, truth.end, seconds, f"truth {truth.nature}")
    bars += "".join(_bar(a.raised, a.cleared or seconds, seconds, "alarm") for a in alarms)
    return f'<div class="track">{bars}</div>'


def _bar(begin: int, end: int, seconds: int, names: str) -> str:
    width = _percent(max(end - begin, seconds / 200), seconds)
    return f'<i class="{names}" style="left:{_percent(begin, seconds)};width:{width}"></i>'


def _percent(part: float, whole: float) -> str:
    return f"{100.0 * part / whole:.2f}%"


def figure(label: str, note: str, inner: str) -> str:
    """Frame the inside of a picture; label and note are plain text."""
    return (
        f"<figure><figcaption><b>{escape(label)}</b><span>{escape(note)}</span></figcaption>"
        f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}: {escape(note)}">{inner}</svg></figure>'
    )


def _behind(truth: Truth | None, seconds: int) -> str:
    """Shade when the machine, or its sensor, was ill; stronger from when that could be seen."""
    if truth is None:
        return ""
    bands = [(truth.onset, f"band {truth.nature}")]
    if truth.visible is not None:
        bands.append((truth.visible, f"band {truth.nature}"))
    return "".join(
        f'<rect class="{names}" x="{_x(begin, seconds):.1f}" y="0" '
        f'width="{_x(truth.end - begin, seconds):.1f}" height="{HIGH}"/>'
        for begin, names in bands
    )


def _raises(alarms: Sequence[Alarm], seconds: int) -> str:
    places = [f"{_x(alarm.raised, seconds):.1f}" for alarm in alarms]
    return "".join(f'<line class="raise" x1="{x}" x2="{x}" y1="0" y2="{HIGH}"/>' for x in places)


def polyline(values: NDArray[np.float64], low: float, high: float, name: str) -> str:
    """Draw the largest and the smallest value of each bucket, so that no spike is lost."""
    edges = np.linspace(0, len(values), min(BUCKETS, len(values)) + 1).astype(int)
    points = []
    for begin, end in pairwise(edges):
        piece = values[begin:end]
        for place in sorted({int(piece.argmin()), int(piece.argmax())}):
            y = HIGH * (1.0 - (piece[place] - low) / (high - low))
            points.append(f"{_x(begin + place, len(values)):.1f},{y:.1f}")
    return f'<polyline class="{name}" points="{" ".join(points)}"/>'


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Take the range of the values with some air, and never less than a hundredth of their size."""
    low, high = float(values.min()), float(values.max())
    air = max(0.06 * (high - low), 0.005 * abs(high), 1e-9)
    return low - air, high + air


def _x(second: float, seconds: int) -> float:
    return WIDE * second / seconds
