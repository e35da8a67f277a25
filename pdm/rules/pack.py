"""A rule pack: what channels are judged by, with who says so and from where; numbers are in SI."""

from msgspec import Struct

from pdm.plant.spec import Allowance, Limits
from pdm.rules.delays import Delays


class Range(Struct, frozen=True):
    """A range of powers in W: beyond `above`, from `least` on, up to `most`; None where it is open."""

    above: float | None = None
    least: float | None = None
    most: float | None = None

    def holds(self, power: float) -> bool:
        """Tell whether a power is within it."""
        beyond = self.above is None or power > self.above
        return (
            beyond
            and (self.least is None or power >= self.least)
            and (self.most is None or power <= self.most)
        )


class Rule(Struct, frozen=True):
    """One rule. It is for the channels that fit all it names; what it leaves open fits any.

    machine, machine_class : whose channels; "" for any
    channel, quantity      : which of them; a quantity is that of the SI unit `unit` alone
    power, mounting        : only of machines that declare them so
    limits                 : each that is there takes the place of the one below it
    allowance              : likewise, as a whole
    delays                 : likewise, each by itself
    suppress               : the channel is not judged at all
    label                  : what evidence names, such as a row of a table
    """

    machine: str = ""
    machine_class: str = ""
    channel: str = ""
    quantity: str = ""
    unit: str = ""
    power: Range | None = None
    mounting: str = ""
    limits: Limits = Limits()
    allowance: Allowance | None = None
    suppress: bool = False
    label: str = ""
    delays: Delays = Delays()


class Pack(Struct, frozen=True):
    """A whole pack.

    source       : where the numbers come from: a standard, a manual, a decision
    sha256, toml : the file itself, so that it can travel in the ordered log
    """

    name: str
    version: str
    author: str
    date: str
    source: str
    rules: tuple[Rule, ...]
    sha256: str
    toml: str
