"""What each channel adds to the score of its machine: shares that sum to it."""

from models.compiled import compiled
from models.row import Array


@compiled
def of_squares(width: int, score: float, part: Array, out: Array) -> None:
    """Share out a score whose square is the sum of the squares of the parts, each with the part's sign.

    part, out : (>= width,); a share is the square of a part over the score
    """
    for i in range(width):
        out[i] = part[i] * abs(part[i]) / score if score > 0.0 else 0.0


@compiled
def of_largest(width: int, score: float, a: Array, b: Array, out: Array) -> None:
    """Share out a score that is the largest of all parts of two detectors: one channel has it all.

    a, b, out : (>= width,); of equals the first
    """
    given = score <= 0.0
    for i in range(width):
        out[i] = 0.0
        if not given and max(a[i], b[i]) >= score:
            out[i], given = score, True
