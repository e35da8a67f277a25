"""What a neighbouring sensor does not see counts half."""

import numpy as np
import pytest

from models import agreement, drift
from models.row import Array, Row


def weighed(offs: list[float], groups: list[int], *, rises: bool = False) -> Array:
    """Weigh channels that are so far off, in allowances; their parts are the same without a sign."""
    width = len(offs)
    slots, params = np.zeros(width, drift.SLOT), np.zeros(width, drift.PARAM)
    slots["mean"], params["group"], params["rises"] = offs, groups, rises
    part, out = np.abs(np.array(offs)), np.zeros(width)
    agreement.weigh(slots, params, Row(0, 0, width, 1, np.zeros(width), np.ones(width, np.bool_)), part, out)
    return out


def test_a_channel_without_neighbours_counts_in_full() -> None:
    """Where nobody could contradict, there is nothing to weigh."""
    assert weighed([1.5, -2.0], [0, 0]).tolist() == [1.5, 2.0]
    assert weighed([1.5, -2.0], [1, 2]).tolist() == [1.5, 2.0]


@pytest.mark.parametrize(
    ("neighbour", "counts"), [(0.0, 1.0), (-2.0, 1.0), (0.5, 1.5), (1.0, 2.0), (3.0, 2.0)]
)
def test_a_neighbour_gives_weight_as_far_as_it_agrees(neighbour: float, counts: float) -> None:
    """Half as much in the same direction is enough; the other direction is no agreement."""
    assert weighed([2.0, neighbour], [1, 1])[0] == pytest.approx(counts)


def test_what_a_fault_cannot_take_away_counts_half_when_it_falls() -> None:
    """Less vibration is seldom a fault, even if both sensors say so."""
    assert weighed([-2.0, -2.0], [1, 1], rises=True).tolist() == [1.0, 1.0]
    assert weighed([2.0, 2.0], [1, 1], rises=True).tolist() == [2.0, 2.0]
