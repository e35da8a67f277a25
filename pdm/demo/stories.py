"""Which machines tell most about a run, and which of their signals."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pdm.demo.result import Result
from pdm.demo.score import Alarm
from pdm.records.advice import Advice
from pdm.simulator.catalogue import SIGNALS, Signal
from pdm.simulator.fleet import Nameplate
from pdm.simulator.truth import Truth
from pdm.simulator.visibility import allowance

MOST, MOST_OF_A_KIND, SHOWN = 10, 2, 3
USUAL_S = 120
"""The first seconds of a run, in which every machine is as usual."""


class Curve(Struct, frozen=True):
    """One signal over the whole run, a value a second."""

    signal: Signal
    values: NDArray[np.float64]


class Story(Struct, frozen=True):
    """One machine: what was true, what was said, what was measured.

    kind   : "missed", "false", "found" or "sensor"
    score  : a value a second, NaN where the log has none
    """

    kind: str
    plate: Nameplate
    truth: Truth | None
    alarms: tuple[Alarm, ...]
    advice: Advice | None
    curves: tuple[Curve, ...]
    score: NDArray[np.float64]


def tell(result: Result) -> tuple[Story, ...]:
    """Choose the machines: first what went wrong, then one of each fault found, then the lying sensors."""
    chosen = _choose(result)
    values = _record(result, [asset for _, asset in chosen])
    return tuple(_story(result, kind, asset, values[asset]) for kind, asset in chosen)


def _choose(result: Result) -> list[tuple[str, str]]:
    """Name them with the kind of their story; a machine has one."""
    outcome = result.outcome
    missed = [("missed", m.truth.asset) for m in outcome.matches if m.alarm is None]
    false = [("false", alarm.last.asset) for alarm in outcome.false]
    by_onset = sorted(outcome.matches, key=lambda match: -match.truth.onset)
    kinds = {m.truth.fault: ("found", m.truth.asset) for m in by_onset if m.alarm}
    lying = {t.fault: ("sensor", t.asset) for t in reversed(result.simulation.truths) if t.channel}
    found = sorted(kinds.values(), key=[("found", m.truth.asset) for m in by_onset].index, reverse=True)
    wanted = [*missed[:MOST_OF_A_KIND], *false[:MOST_OF_A_KIND], *found, *lying.values()]
    once = {asset: kind for kind, asset in reversed(wanted)}
    return [(once.pop(asset), asset) for _, asset in wanted if asset in once][:MOST]


def _record(result: Result, assets: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Run the plant once more and keep (seconds, signals) of these machines."""
    rows: dict[str, tuple[str, int]] = {}
    count: dict[str, int] = {}
    for plate in result.simulation.plates:
        rows[plate.asset] = (plate.machine_class, count.get(plate.machine_class, 0))
        count[plate.machine_class] = rows[plate.asset][1] + 1
    kept: dict[str, list[NDArray[np.float64]]] = {asset: [] for asset in assets}
    for chunk in result.simulation.chunks():
        for asset, pieces in kept.items():
            name, row = rows[asset]
            pieces.append(chunk.values[name][:, row])
    return {asset: np.concatenate(pieces) for asset, pieces in kept.items()}


def _story(result: Result, kind: str, asset: str, values: NDArray[np.float64]) -> Story:
    plate = next(plate for plate in result.simulation.plates if plate.asset == asset)
    truth = next((truth for truth in result.simulation.truths if truth.asset == asset), None)
    mine = tuple(alarm for alarm in result.outcome.alarms if alarm.last.asset == asset)
    advice = next((result.advice[a.last.id] for a in mine if a.last.id in result.advice), None)
    return Story(kind, plate, truth, mine, advice, _curves(plate, truth, values), _score(result, asset))


def _curves(plate: Nameplate, truth: Truth | None, values: NDArray[np.float64]) -> tuple[Curve, ...]:
    """Pick the signals that leave their usual level most, a lying one first."""
    signals = SIGNALS[plate.machine_class]
    usual = values[:USUAL_S].mean(axis=0)
    smooth = np.cumsum(values, axis=0)
    smooth = (smooth[30:] - smooth[:-30]) / 30.0
    leaves = (np.abs(smooth - usual) / allowance(usual, signals)).max(axis=0)
    lying = np.array([truth is not None and signal.name == truth.channel for signal in signals])
    order = np.argsort(-leaves - 1e6 * lying, kind="stable")[:SHOWN]
    return tuple(Curve(signals[column], values[:, column]) for column in order)


def _score(result: Result, asset: str) -> NDArray[np.float64]:
    scenario = result.simulation.scenario
    score = np.full(scenario.duration_s, np.nan)
    course = result.courses.get(asset)
    if course is not None:
        second = (course.time - scenario.start_ns) // 1_000_000_000
        inside = (second >= 0) & (second < scenario.duration_s)
        score[second[inside]] = course.score[inside]
    return score
