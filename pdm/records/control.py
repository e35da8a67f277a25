"""What people change: records of `pdm.ctl.v1`, each with who said it and when.

Times are ns since the epoch; the first record of an id counts, and the same again changes nothing.
"""

from enum import StrEnum

from msgspec import Struct


class MaintenanceKind(StrEnum):
    """What is done to a machine."""

    OUTAGE = "outage"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    INSPECTION = "inspection"
    CALIBRATION = "calibration"

    @property
    def renews(self) -> bool:
        """Tell whether the machine, or what measures it, may be another one afterwards."""
        return self is not MaintenanceKind.INSPECTION


class Maintenance(Struct, frozen=True, tag="maintenance"):
    """A machine is under maintenance: nobody judges it, and nothing it shows is learnt.

    who       : name of the API key, or "loopback"
    when      : clock of the gateway
    begin, to : data times, [begin, to); to is None while nobody knows the end
    run       : namespace of a replay run, "" for the live plant
    """

    id: str
    who: str
    when: int
    asset: str
    kind: MaintenanceKind
    begin: int
    to: int | None = None
    note: str = ""
    run: str = ""


class MaintenanceEnd(Struct, frozen=True, tag="maintenance_end"):
    """A maintenance ends earlier than it was said to, or never was.

    of : the maintenance
    to : data time of its end; None where it is cancelled, as if nobody had announced it
    """

    id: str
    who: str
    when: int
    asset: str
    of: str
    to: int | None
    run: str = ""


Control = Maintenance | MaintenanceEnd

LOOPBACK = "loopback"
"""Who it was where no key was needed."""
