"""Which channels of a machine its drivers explain, and what they let expect."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models import drivers, expectation
from pdm.errors import PdmError
from pdm.fitting.result import Fit, Fitted, Unfitted
from pdm.fitting.stretch import Stretch
from pdm.plant.spec import Expected
from pdm.records.reading import Quantity

DRIVES = (Quantity.SPEED, Quantity.LOAD, Quantity.PROCESS)
"""What is done to a machine from outside, unless somebody knows better; ambient conditions are `process`."""
BLOCKS = 60
"""Blocks as long as the damping that a recording has to hold, at least: 12 minutes in frames of a second."""

Array = NDArray[np.float64]


class FitError(PdmError):
    """A recording has nothing that could be fitted, or somebody asks for a driver that is not in it."""


def fit(of: Stretch, wanted: Sequence[str], smooth: float) -> Fit:
    """Fit every channel of a machine that is no driver.

    wanted : names of channels or quantities that may drive it; none: DRIVES
    smooth : share of a new value in the damped residual, as in Pace
    raises FitError
    """
    names = [channel.name for channel in of.channels]
    candidates = _candidates(of, wanted)
    results = [
        _channel(names[place], of.X[:, place], of.X[:, candidates], [names[k] for k in candidates], smooth)
        for place in range(len(names))
        if place not in candidates
    ]
    return Fit(
        of.asset,
        tuple(one for one in results if isinstance(one, Fitted)),
        tuple(one for one in results if isinstance(one, Unfitted)),
    )


def _candidates(of: Stretch, wanted: Sequence[str]) -> list[int]:
    """Return the places of the channels that may drive the machine."""
    known = {channel.name for channel in of.channels} | {channel.quantity for channel in of.channels}
    unknown = [one for one in wanted if one not in known and one not in set(Quantity)]
    if unknown:
        raise FitError(
            f"{of.asset}: no channel or quantity {unknown[0]!r}; "
            f"there are {', '.join(sorted(known)) or 'none'}"
        )
    asked = set(wanted or DRIVES)
    found = [place for place, channel in enumerate(of.channels) if asked & {channel.name, channel.quantity}]
    if not found:
        raise FitError(
            f"{of.asset}: no channel is of {', '.join(sorted(asked))}: say with --drivers which channels or "
            f"quantities drive this machine, out of {', '.join(sorted(known)) or 'none'}"
        )
    return found


def _channel(name: str, y: Array, D: Array, names: Sequence[str], smooth: float) -> Fitted | Unfitted:
    """Fit one channel on the candidates that move; D has them all."""
    moving = [k for k in range(D.shape[1]) if _moves(D[:, k])]
    whole = np.isfinite(y) & np.isfinite(D[:, moving]).all(axis=1)
    needed, y, D = round(BLOCKS / smooth), y[whole], D[whole][:, moving]
    if len(y) < needed:
        return Unfitted(name, f"too few frames: {len(y)} with all drivers, {needed} are needed")
    if not _moves(y):
        return Unfitted(name, "constant")
    if not moving:
        return Unfitted(name, f"nothing moves that could drive it: {', '.join(names)} constant")
    sample = expectation.sample(y, D, smooth)
    chosen = drivers.choose(sample) if len(sample.y) >= BLOCKS // 2 else drivers.Chosen((), ())
    if not chosen.columns:
        return Unfitted(name, f"not explained by {', '.join(names[k] for k in moving)}")
    law = expectation.fit(sample, chosen.columns)
    return Fitted(
        channel=name,
        expected=Expected(
            drivers=tuple(names[moving[k]] for k in chosen.columns),
            centre=law.centre,
            coefficients=tuple(law.coefficients.tolist()),
            offsets=tuple(law.offsets.tolist()),
            scale=expectation.line(y, D[:, list(chosen.columns)], law, smooth),
        ),
        margins=chosen.margins,
        share=law.share,
        left_out=sample.left_out,
    )


def _moves(values: Array) -> bool:
    """Tell whether a channel is more than one number and its rounding."""
    seen = values[np.isfinite(values)]
    return bool(len(seen) and np.ptp(seen) > 1e-9 * np.max(np.abs(seen)))
