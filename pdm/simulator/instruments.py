"""What the instruments make of the truth: noise, resolution, and faults of their own."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from pdm.simulator.catalogue import Signal
from pdm.simulator.lag import Array
from pdm.simulator.truth import Truth

DRIFT_PER_S = 0.0012
"""Of the channel's allowance: one allowance in a quarter of an hour, quicker than a bad transmitter."""


class Instruments:
    """The instruments of all machines of one class; stuck ones keep their last reading.

    lying : sensor faults, each with the row of its machine
    """

    def __init__(self, rng: Generator, signals: Sequence[Signal], lying: Sequence[tuple[int, Truth]]) -> None:
        self._rng, self._signals, self._now = rng, signals, 0
        names = [signal.name for signal in signals]
        self._lying = [(row, names.index(truth.channel), truth) for row, truth in lying]
        self._held: dict[tuple[int, int], float] = {}

    def read(self, true: Array) -> Array:
        """Read (seconds, machines, signals) with noise, rounded to what each instrument resolves."""
        share, floor = (np.array([signal.noise[part] for signal in self._signals]) for part in (0, 1))
        sigma = share * np.abs(true) + floor
        out = self._rng.standard_normal(true.shape)
        out *= sigma
        out += true
        for row, column, truth in self._lying:
            self._lie(out[:, row, column], row, column, truth)
        for column, signal in enumerate(self._signals):
            np.round(out[:, :, column], signal.decimals, out=out[:, :, column])
            np.clip(out[:, :, column], *signal.valid, out=out[:, :, column])
        self._now += len(true)
        return out

    def _lie(self, series: Array, row: int, column: int, truth: Truth) -> None:
        begin = max(0, truth.onset - self._now)
        if begin >= len(series):
            return
        if truth.fault == "stuck":
            series[begin:] = self._held.setdefault((row, column), float(series[begin]))
            return
        share, floor = self._signals[column].allowance
        since = np.arange(self._now + begin, self._now + len(series)) - truth.onset
        series[begin:] += DRIFT_PER_S * since * (share * np.abs(series[begin:]) + floor)
