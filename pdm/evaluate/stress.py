"""Stress: the same runs with drift, dropouts, noise or stuck sensors, and what that costs."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.material import Material, Progress, logged
from pdm.evaluate.nested import Figures, figures
from pdm.evaluate.run import Array
from pdm.evaluate.signals import Signals
from pdm.plant.lookup import allowance_of
from pdm.plant.spec import Plant

DRIFT_PER_HOUR, DROPOUT = 3.0, 0.05
"""Allowances of a channel in an hour; share of all readings."""

Disturb = Callable[[Signals, np.random.Generator], Array]


class Stress(Struct, frozen=True):
    """The figures of all runs as they are, and under each stress.

    drift        : every channel goes up or down by three of its allowances in an hour
    dropout      : 5 % of all readings are missing, each by chance
    double_noise : twice the noise of each channel from row to row
    stuck        : one channel of each run keeps its reading from some row on
    """

    undisturbed: Figures
    drift: Figures
    dropout: Figures
    double_noise: Figures
    stuck: Figures


def stress(material: Material, kit: Kit, seed: int = 0, progress: Progress = lambda _line: None) -> Stress:
    """Disturb all runs in each way, seeded, and judge them."""

    def under(name: str, disturb: Disturb) -> Figures:
        progress(f"stress: {name}")
        rng = np.random.default_rng(seed)
        changed = [run.signals.with_values(disturb(run.signals, rng)) for run in material.runs]
        return figures([logged(signals, material.plant).judge(kit) for signals in changed])

    return Stress(
        undisturbed=under("none", lambda signals, _rng: signals.values),
        drift=under("drift", lambda signals, rng: drift(signals, rng, allowances(signals, material.plant))),
        dropout=under("dropout", dropout),
        double_noise=under("double noise", double_noise),
        stuck=under("stuck sensors", stuck),
    )


def allowances(signals: Signals, plant: Plant) -> Array:
    """Return what each channel may do at its usual level without meaning anything, in SI: (channels,)."""
    level = np.abs(np.nanmedian(signals.values, axis=0))
    own = [allowance_of(plant, signals.asset, signals.machine_class, c) for c in signals.channels]
    relative, absolute = np.array([(one.relative, one.absolute) for one in own]).T
    return np.asarray(relative * level + absolute)


def drift(signals: Signals, rng: np.random.Generator, allowed: Array) -> Array:
    """Add a ramp to every channel, up or down. allowed : (channels,) its allowance"""
    hours = (signals.times - signals.times[0]) / 3.6e12
    sign = rng.choice([-1.0, 1.0], signals.values.shape[1])
    ramp: Array = signals.values + DRIFT_PER_HOUR * hours[:, None] * (sign * allowed)[None, :]
    return ramp


def dropout(signals: Signals, rng: np.random.Generator) -> Array:
    """Lose readings by chance."""
    return np.where(rng.random(signals.values.shape) < DROPOUT, np.nan, signals.values)


def double_noise(signals: Signals, rng: np.random.Generator) -> Array:
    """Add white noise so that what changes from row to row is twice as much."""
    noise = np.sqrt(3.0) * row_noise(signals.values)
    return np.asarray(signals.values + noise * rng.standard_normal(signals.values.shape))


def row_noise(values: Array) -> Array:
    """Estimate each channel's noise from row to row, without its largest steps: (channels,).

    Not by a median: the steps of a coarse instrument are nothing or one step of its scale.
    """
    steps = np.abs(np.diff(values, axis=0))
    usual = np.where(steps <= np.nanquantile(steps, 0.98, axis=0), steps, np.nan)
    return np.asarray(np.sqrt(np.nanmean(usual**2, axis=0) / 2.0))


def stuck(signals: Signals, rng: np.random.Generator) -> Array:
    """Let one channel keep its reading from a random row on."""
    values = signals.values.copy()
    channel, row = int(rng.integers(values.shape[1])), int(rng.integers(1, len(values)))
    values[row:, channel] = values[row - 1, channel]
    return values
