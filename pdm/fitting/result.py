"""What fitting gives: the channels that are explained, and those that are not, with the reason."""

from msgspec import Struct

from pdm.plant.spec import Expected


class Fitted(Struct, frozen=True):
    """One channel that its drivers explain, in SI.

    margins  : half the width of the 95 % interval of each coefficient
    share    : of the variance of the damped channel that the drivers explain, 0 to 1
    left_out : share of the rows that were wild
    """

    channel: str
    expected: Expected
    margins: tuple[float, ...]
    share: float
    left_out: float


class Unfitted(Struct, frozen=True):
    """One channel that gets no expectation, and why."""

    channel: str
    reason: str


class Fit(Struct, frozen=True):
    """What came of one machine."""

    asset: str
    fitted: tuple[Fitted, ...]
    unfitted: tuple[Unfitted, ...]

    @property
    def expected(self) -> dict[str, Expected]:
        """The expectations by channel."""
        return {one.channel: one.expected for one in self.fitted}
