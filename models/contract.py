"""The contract every detector meets: a registry of detectors, and checks that each must pass.

A detector is an array of channel states, an array of machine states, and functions of one row. It
answers the same in rows and in batches, bit for bit; it never looks ahead; it scores before it learns;
what is missing changes nothing; its state is bytes that mean the same in any place.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from models import drift, limits, novelty, pattern, residual
from models.compiled import compiled
from models.pace import Pace, pace
from models.row import Array, Row

WIDTH = 5
FRAMES = 400
NO_STATE = np.dtype([])


class Detector(NamedTuple):
    """One detector in the common form.

    score  : (slots, machines, params, pace, row, part) -> score
    learn  : (slots, machines, params, pace, row, score) -> None, called after each score
    params : width -> PARAM for that many channels of the trial series
    learnt : fields of the slots that only `learn` may change
    adds   : "squares" if those of the parts, with their signs, add up to that of the score, or "largest"
    """

    slot: np.dtype[np.void]
    machine: np.dtype[np.void]
    params: Callable[[int], Array]
    score: Callable[..., float]
    learn: Callable[..., None]
    learnt: tuple[str, ...]
    adds: str


@compiled
def _score_drift(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:  # noqa: ARG001 - common form
    return drift.score_row(slots, params, pace, row, part)


@compiled
def _learn_drift(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, score: float) -> None:
    drift.learn_row(slots, machines, params, pace, row, score > 1.0, False)


@compiled
def _score_limits(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:  # noqa: ARG001 - common form
    return limits.score_row(params, row, limits.RUNNING, part)


@compiled
def _score_residual(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:  # noqa: ARG001 - common form
    return residual.score_row(slots, params, pace, row, part)


@compiled
def _score_pattern(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:  # noqa: ARG001 - common form
    drift.score_row(slots, params, pace, row, part)
    return pattern.score_row(slots, params, pace, row, part)


@compiled
def _learn_nothing(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, score: float) -> None:  # noqa: ARG001 - common form
    return


def _allowances(width: int) -> Array:
    params = np.zeros(width, drift.PARAM)
    params["relative"], params["absolute"], params["follows"] = 0.02, 0.5, np.arange(width) % 2
    return params


def _limits(width: int) -> Array:
    params = np.zeros(width, limits.PARAM)
    for name, limit in (("low_low", 90.0), ("low", 95.0), ("high", 105.0), ("high_high", 108.0)):
        params[name] = limit
    params["high_high"][0] = params["low"][1] = np.nan
    return params


def _fitted(width: int) -> Array:
    params = np.zeros(width, residual.PARAM)
    params[2:]["centre"], params[2:]["scale"], params[2:]["drivers"] = 100.0, 1.0, 2
    params[2:]["coefficient"][:, :2], params[2:]["offset"][:, :2] = (0.3, 0.2), 100.0
    params[2:]["driver"][:, :2] = (0, 1)
    return params


def _evidence(width: int) -> Array:
    return np.full(width, 1.5, novelty.PARAM)


def _patterned(width: int) -> Array:
    params = np.zeros(
        width, np.dtype([*pattern.PARAM.descr[:1], *drift.PARAM.descr, *pattern.PARAM.descr[1:]])
    )
    params["relative"], params["absolute"] = 0.02, 0.5
    params["scale"], params["loading"][:, 0] = 0.5, 1.0 / np.sqrt(width)
    params["precision"][:, 0], params["beside"] = 0.1, 0.5
    return params


DETECTORS = {
    "drift": Detector(
        drift.SLOT,
        drift.MACHINE,
        _allowances,
        _score_drift,
        _learn_drift,
        ("base", "spread", "learnt"),
        "squares",
    ),
    "limits": Detector(NO_STATE, NO_STATE, _limits, _score_limits, _learn_nothing, (), "largest"),
    "novelty": Detector(
        novelty.SLOT,
        NO_STATE,
        _evidence,
        novelty.score_row,
        novelty.learn_row,
        ("values", "ranked", "known", "every", "seen"),
        "largest",
    ),
    "pattern": Detector(
        drift.SLOT,
        drift.MACHINE,
        _patterned,
        _score_pattern,
        _learn_drift,
        ("base", "spread", "learnt"),
        "squares",
    ),
    "residual": Detector(residual.SLOT, NO_STATE, _fitted, _score_residual, _learn_nothing, (), "largest"),
}
"""Every detector by the name it has in evidence."""


class Trial(NamedTuple):
    """One run of a detector: (frames,) scores, (frames, width) parts, and the state at the end."""

    scores: Array
    parts: Array
    slots: Array
    machines: Array


def trial(width: int = WIDTH, seed: int = 1) -> tuple[Array, Array, Array]:
    """Make a series with noise, wander, a step, a spike, missing values and gaps.

    returns X (FRAMES, width) around 100, ok the same shape, steps (FRAMES,)
    """
    rng = np.random.default_rng(seed)
    X = (
        100.0
        + rng.normal(0.0, 0.3, (FRAMES, width))
        + np.cumsum(rng.normal(0.0, 0.05, (FRAMES, width)), axis=0)
    )
    X[200:260, 0] += 8.0
    X[320, -1] += 500.0
    steps = rng.choice(np.array([1, 2, 9]), FRAMES, p=[0.93, 0.05, 0.02])
    return X, rng.random((FRAMES, width)) > 0.05, steps


@njit
def run_batch(
    score: Callable[..., float], learn: Callable[..., None], state: tuple[Array, Array, Array],
    pace: Pace, series: tuple[Array, Array, Array], first: int, scores: Array, parts: Array,
) -> None:  # fmt: skip
    """Score a whole series in one compiled loop; machine 0 with its channels from `first` on."""
    slots, machines, params = state
    X, ok, steps = series
    for t in range(len(scores)):
        row = Row(0, first, X.shape[1], steps[t], X[t], ok[t])
        scores[t] = score(slots, machines, params, pace, row, parts[t])
        learn(slots, machines, params, pace, row, scores[t])


def run(
    d: Detector, series: tuple[Array, Array, Array], *, first: int = 0, after: Trial | None = None
) -> Trial:
    """Run a detector over a series from a fresh state, or from where another run ended."""
    frames, width = series[0].shape
    slots = after.slots.copy() if after else np.zeros(first + width, d.slot)
    machines = after.machines.copy() if after else np.zeros(1, d.machine)
    params = np.concatenate([np.zeros(first, d.params(width).dtype), d.params(width)])
    out = Trial(np.zeros(frames), np.zeros((frames, width)), slots, machines)
    run_batch(d.score, d.learn, (slots, machines, params), pace(), series, first, out.scores, out.parts)
    return out


def part_of(series: tuple[Array, Array, Array], begin: int, end: int) -> tuple[Array, Array, Array]:
    """Cut a series."""
    X, ok, steps = series
    return X[begin:end], ok[begin:end], steps[begin:end]


def same(a: Trial, b: Trial) -> bool:
    """Tell whether two runs agree bit for bit, their states too."""
    return all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))


def rows_equal_batch(d: Detector) -> bool:
    """Row by row, the state copied each time, gives what one batch gives."""
    series = trial()
    whole, after = run(d, series), None
    for t in range(FRAMES):
        after = run(d, part_of(series, t, t + 1), after=after)
        if after.scores[0] != whole.scores[t] or after.parts[0].tobytes() != whole.parts[t].tobytes():
            return False
    return after is not None and after.slots.tobytes() == whole.slots.tobytes()


def repeats_itself(d: Detector) -> bool:
    """The same series gives the same answer again, and there is something in it."""
    return same(run(d, trial()), run(d, trial())) and bool(np.any(run(d, trial()).scores > 1.0))


def never_looks_ahead(d: Detector) -> bool:
    """Cutting the future off, or changing it, changes nothing before it."""
    series, cut = trial(), 230
    X, ok, steps = (column.copy() for column in series)
    X[cut:] += 50.0
    whole, short, other = run(d, series), run(d, part_of(series, 0, cut)), run(d, (X, ok, steps))
    past = whole.scores[:cut].tobytes()
    return past == short.scores.tobytes() == other.scores[:cut].tobytes()


def scores_before_it_learns(d: Detector) -> bool:
    """Scoring alone leaves all that was learnt as it was; learning then leaves the scores alone."""
    series, cut = trial(), 150
    before = run(d, part_of(series, 0, cut))
    params, X, slots, part = d.params(WIDTH), series[0], before.slots.copy(), np.zeros(WIDTH)
    row = Row(0, 0, WIDTH, 1, X[cut], np.ones(WIDTH, np.bool_))
    score = d.score(slots, before.machines, params, pace(), row, part)
    return np.isfinite(score) and all(
        slots[name].tobytes() == before.slots[name].tobytes() for name in d.learnt
    )


def ignores_what_is_missing(d: Detector) -> bool:
    """A missing value, a NaN and a wild number said to be missing are the same; all scores are finite."""
    X, ok, steps = trial()
    masked, wild = np.where(ok, X, np.nan), np.where(ok, X, 1e300)
    runs = [run(d, (values, flags, steps)) for values, flags in ((X, ok), (masked, ok | True), (wild, ok))]
    return same(runs[0], runs[1]) and same(runs[0], runs[2]) and bool(np.isfinite(runs[0].scores).all())


def keeps_its_state_as_bytes(d: Detector) -> bool:
    """Saved as bytes, loaded and gone on with, in another place: nothing changes."""
    series, cut = trial(), 225
    whole, begun = run(d, series), run(d, part_of(series, 0, cut))
    slots = (
        np.frombuffer(bytes(4 * d.slot.itemsize) + begun.slots.tobytes(), d.slot)
        if d.slot.itemsize
        else np.zeros(4 + WIDTH, d.slot)
    )
    machines = np.frombuffer(begun.machines.tobytes(), d.machine) if d.machine.itemsize else begun.machines
    moved = run(
        d, part_of(series, cut, FRAMES), first=4, after=Trial(begun.scores, begun.parts, slots, machines)
    )
    return (
        moved.scores.tobytes() == whole.scores[cut:].tobytes()
        and moved.slots[4:].tobytes() == whole.slots.tobytes()
    )


def parts_explain_the_score(d: Detector) -> bool:
    """The parts add up to the score as the detector says."""
    out = run(d, trial())
    squares = (out.parts * np.abs(out.parts)).sum(axis=1)
    total = out.parts.max(axis=1) if d.adds == "largest" else np.sqrt(np.maximum(squares, 0.0))
    return bool(np.allclose(total, out.scores, rtol=1e-9, atol=1e-12))


def holds_no_padding(d: Detector) -> bool:
    """The state has no bytes between its fields: a copy need not keep those, and states are compared."""
    return all(sum(t[name].itemsize for name in t.names or ()) == t.itemsize for t in (d.slot, d.machine))


CHECKS: tuple[Callable[[Detector], bool], ...] = (
    rows_equal_batch,
    repeats_itself,
    never_looks_ahead,
    scores_before_it_learns,
    ignores_what_is_missing,
    keeps_its_state_as_bytes,
    parts_explain_the_score,
    holds_no_padding,
)
"""What each detector must pass."""
