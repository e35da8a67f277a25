"""What is truly wrong in the simulated plant, and since when."""

from enum import StrEnum

from msgspec import Struct


class Nature(StrEnum):
    """Whose fault it is: a machine's, which deserves an alarm, or a sensor's, which does not."""

    MACHINE = "machine"
    SENSOR = "sensor"


class Truth(Struct, frozen=True):
    """One planted fault; times are whole seconds since the start of the scenario.

    fault   : "imbalance", "cavitation", ..., or "stuck", "drifting" of a sensor
    channel : the lying channel of a sensor fault, "" for a machine fault
    onset   : first second at which the severity is above nothing
    grown   : when it has its full severity
    visible : first second at which the fault alone moves a channel by more than the allowance that
              the plant file gives it; None where that never happens
    end     : when it was put right, or the end of the scenario
    severity: 1.0 is a textbook case of this fault
    """

    asset: str
    nature: Nature
    fault: str
    onset: int
    grown: int
    end: int
    severity: float
    channel: str = ""
    visible: int | None = None
