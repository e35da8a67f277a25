"""Inertia: a first-order lag, as heat, water and instruments have it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Lag:
    """A first-order lag of many machines; it starts in its steady state.

    tau : (machines,) or one number, time constant in s; the step is 1 s
    """

    def __init__(self, tau: Array | float) -> None:
        self._gain = -np.expm1(-1.0 / np.asarray(tau, dtype=np.float64))
        self._state: Array | None = None

    def follow(self, x: Array) -> Array:
        """Follow x, (seconds, machines), on from where the last call stopped."""
        out = np.empty_like(x)
        state = x[0] if self._state is None else self._state
        for second in range(len(x)):
            state = state + self._gain * (x[second] - state)
            out[second] = state
        self._state = state
        return out


class Wander:
    """A slow random walk that comes back: Ornstein-Uhlenbeck with standard deviation 1.

    tau : time constant in s
    """

    def __init__(self, rng: np.random.Generator, machines: int, tau: float) -> None:
        self._rng, self._keep = rng, float(np.exp(-1.0 / tau))
        self._state = rng.standard_normal(machines)

    def walk(self, seconds: int) -> Array:
        """Walk on for some seconds: (seconds, machines)."""
        kicks = self._rng.standard_normal((seconds, len(self._state)))
        kicks *= np.sqrt(1.0 - self._keep**2)
        for second in range(seconds):
            self._state = kicks[second] = self._keep * self._state + kicks[second]
        return kicks
