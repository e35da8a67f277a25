"""Novelty of one slow signal: has anything like its last few values been seen before?

The last 1, 2, 4, 8, 16 and 32 values are compared with every earlier window of the same length that is
still remembered. The distance to the second nearest, and not the first, says how new a window is: one
strange hour in the past does not make the next one usual. What a distance means is read off the
distances of the past: evidence is the negative decimal logarithm of the chance of one as large. Its
mean over the lengths counts, so that a spike, a step and a changed shape are all seen.

Nearest neighbours as the measure of strangeness: Burnaev & Ishimtsev, Conformalized density- and
distance-based anomaly detection in time-series data, arXiv:1608.04585. The exponential law of what
lies beyond a high quantile: Pickands, Annals of Statistics 3 (1975) 119-131, with shape 0.
"""

import numpy as np

from models.compiled import compiled
from models.pace import Pace, pace
from models.row import Array, Record, Row, measured

LAGS = (1, 2, 4, 8, 16, 32)
"""Lengths of the windows in values."""
NEIGHBOUR = 2
"""Which of the nearest earlier windows measures the distance."""
MEMORY = 4096
"""Values that are remembered; a power of two. Two weeks in steps of five minutes."""
SAMPLE = 2048
"""Distances that are kept of each length; an even number. They stand for all of the past."""
READY = 50
"""Distances to be learnt before one is judged."""
TAIL = 0.1
"""Share of the distances that the exponential law is fitted to."""
MOST = 12.0
"""Evidence of one length beyond which nothing is told apart."""
QUIET = 2 * LAGS[-1]
"""Values for which nothing is flagged again: until what was flagged has left the longest window, twice."""

_SCALES, _LONGEST, _MASK = len(LAGS), LAGS[-1], MEMORY - 1
_FAR = 1e75  # a difference beyond which nothing is told apart: its square stays finite
_FLOOR = 1e-3  # of the largest distance: the least mean excess, so that rounding is no news
_LAGS = np.array(LAGS)

SLOT = np.dtype(
    [
        ("values", "f8", (MEMORY,)),  # the last values, in a ring
        ("ranked", "f8", (_SCALES * SAMPLE,)),  # distances of each length, smallest first
        ("now", "f8", (_SCALES,)),  # distances of the newest window, not yet learnt; below 0: none
        ("known", "i8", (_SCALES,)),  # distances that are kept
        ("every", "i8", (_SCALES,)),  # one distance in so many is kept, less 1
        ("seen", "i8"),  # values learnt so far
        ("score", "f8"),  # the last
    ],
    align=True,
)
"""State of one signal, 128 KiB; all zero is one of which nothing is known."""

PARAM = np.dtype([("line", "f8")], align=True)
"""Evidence that is on the line; 0: the channel is not judged."""


@compiled
def score_row(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:  # noqa: ARG001 - the common form of detectors
    """Score how new the last values of each channel are; nothing is learnt.

    part : (>= width,) out, evidence in units of the line
    returns the largest part
    A missing channel keeps its state, and so its part.
    """
    score = 0.0
    for i in range(row.width):
        slot, line = slots[row.first + i], params[row.first + i].line
        if line > 0.0 and measured(row, i):
            measure(slot, row.x[i])
            slot.score = evidence(slot) / line
        part[i] = slot.score
        score = max(score, part[i])
    return score


@compiled
def learn_row(slots: Array, machines: Array, params: Array, pace: Pace, row: Row, score: float) -> None:  # noqa: ARG001 - the common form of detectors
    """Remember the values that have just been scored, and how new they were."""
    for i in range(row.width):
        slot = slots[row.first + i]
        if params[row.first + i].line > 0.0 and measured(row, i):
            for scale in range(_SCALES):
                if slot.now[scale] >= 0.0 and slot.seen % (slot.every[scale] + 1) == 0:
                    remember(slot, scale, slot.now[scale])
            slot.values[slot.seen & _MASK] = row.x[i]
            slot.seen += 1


def scores_of(values: Array, line: float) -> Array:
    """Score one series in order, each value before it is learnt.

    values : (n,) NaN where one is missing
    returns (n,) scores, 1.0 is the line; where a value is missing, the score before it
    """
    params, scores = np.full(1, line, PARAM), np.zeros(len(values))
    run(np.asarray(values, np.float64), (np.zeros(1, SLOT), np.zeros(1, np.int64), params), pace(), scores)
    return scores


@compiled
def run(values: Array, state: tuple[Array, Array, Array], pace: Pace, scores: Array) -> None:
    """Score and learn one series in a compiled loop; scores : (n,) out."""
    slots, machines, params = state
    part, ok = np.zeros(1), np.ones(1, np.bool_)
    for t in range(len(values)):
        row = Row(0, 0, 1, 1, values[t : t + 1], ok)
        scores[t] = score_row(slots, machines, params, pace, row, part)
        learn_row(slots, machines, params, pace, row, scores[t])


@compiled
def measure(slot: Record, x: float) -> None:
    """Measure how far the windows that end with x are from their second nearest: slot.now.

    The distance of two windows is Euclidean; they do not overlap.
    """
    values, seen = slot.values, slot.seen
    newest = np.empty(_LONGEST)
    newest[0] = x
    for j in range(1, min(_LONGEST, seen + 1)):
        newest[j] = values[(seen - j) & _MASK]
    nearest, oldest = np.full((_SCALES, NEIGHBOUR), np.inf), max(0, seen - MEMORY)
    for end in range(oldest, seen):
        compare(values, newest[: min(seen - end, end - oldest + 1)], end, nearest)
    for scale in range(_SCALES):
        square = nearest[scale, -1]
        slot.now[scale] = np.sqrt(square) if square < np.inf else -1.0


@compiled
def compare(values: Array, newest: Array, end: int, nearest: Array) -> None:
    """Compare the newest window with those that end at value `end`, of all lengths at once.

    values  : (MEMORY,) ring
    newest  : (n,) the last values, newest first, as many as may be compared
    nearest : (lengths, NEIGHBOUR) smallest squared distances so far, smallest first; updated
    """
    square, scale = 0.0, 0
    for j in range(len(newest)):
        off = min(abs(newest[j] - values[(end - j) & _MASK]), _FAR)
        square += off * off
        if square >= nearest[-1, -1]:
            return
        if j + 1 == _LAGS[scale]:
            insert(nearest[scale], square)
            scale += 1


@compiled
def insert(nearest: Array, distance: float) -> None:
    """Put a distance where it belongs among the smallest, the largest of which goes."""
    if distance < nearest[-1]:
        k = len(nearest) - 1
        while k > 0 and nearest[k - 1] > distance:
            nearest[k] = nearest[k - 1]
            k -= 1
        nearest[k] = distance


@compiled
def evidence(slot: Record) -> float:
    """Return the mean evidence over the lengths; a length that cannot judge yet says nothing."""
    total = 0.0
    for scale in range(_SCALES):
        if slot.known[scale] >= READY and slot.now[scale] >= 0.0:
            total += surprise(slot, scale)
    return total / _SCALES


@compiled
def surprise(slot: Record, scale: int) -> float:
    """Return -log10 of the chance of a distance as large, from those of the past."""
    begin, known, distance = scale * SAMPLE, slot.known[scale], slot.now[scale]
    tail = int(known * (1.0 - TAIL))
    border = slot.ranked[begin + tail]
    if distance <= border:
        larger = known - rank(slot, scale, distance)
        return float(-np.log10(max(larger, 1) / (known + 1.0)))
    excess = 0.0
    for k in range(tail, known):
        excess += slot.ranked[begin + k] - border
    mean = max(excess / (known - tail), _FLOOR * slot.ranked[begin + known - 1])
    beyond = distance - border
    most = MOST + np.log10(TAIL)
    nats = most * np.log(10.0)
    return float(-np.log10(TAIL) + (most if beyond >= nats * mean else beyond / mean / np.log(10.0)))


@compiled
def rank(slot: Record, scale: int, distance: float) -> int:
    """Count the remembered distances that are smaller."""
    begin = scale * SAMPLE
    low, high = 0, slot.known[scale]
    while low < high:
        middle = (low + high) // 2
        if slot.ranked[begin + middle] < distance:
            low = middle + 1
        else:
            high = middle
    return int(low)


@compiled
def remember(slot: Record, scale: int, distance: float) -> None:
    """Put a distance among the ranked ones; where they are full, every second goes.

    From then on only half as many are put there, so that those that are kept stand for all of the past.
    """
    begin, place = scale * SAMPLE, rank(slot, scale, distance)
    for k in range(begin + slot.known[scale], begin + place, -1):
        slot.ranked[k] = slot.ranked[k - 1]
    slot.ranked[begin + place] = distance
    slot.known[scale] += 1
    if slot.known[scale] == SAMPLE:
        for k in range(SAMPLE // 2):
            slot.ranked[begin + k] = slot.ranked[begin + 2 * k + 1]
        slot.known[scale] = SAMPLE // 2
        slot.every[scale] = 2 * slot.every[scale] + 1
