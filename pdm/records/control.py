"""What people change: records of `pdm.ctl.v1`, each with who said it and when.

Times are ns since the epoch; the first record of an id counts, and the same again changes nothing.
"""

from enum import StrEnum

from msgspec import Struct, field, structs

from pdm.instant import nanoseconds, rfc3339


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


class RulesChange(Struct, frozen=True, tag="rules"):
    """From here on this version of a rule pack is in force, over the plant file and all packs before it.

    name, version, sha256, toml : of the pack, and the pack itself
    note                        : why, in the words of who put it in force
    """

    id: str
    who: str
    when: int
    name: str
    version: str
    sha256: str
    toml: str
    note: str = ""

    @property
    def run(self) -> str:
        """The live plant's: rules are the same for every run."""
        return ""


class MaintenanceWindow(Struct, frozen=True, omit_defaults=True):
    """A maintenance as it stands, for people: times are RFC 3339, UTC.

    time      : when it was announced, and by whom
    ended     : who has ended or cancelled it, and when; "" where it takes its course
    cancelled : it never was
    """

    id: str
    asset: str
    kind: MaintenanceKind
    begin: str = field(name="from")
    to: str | None
    note: str
    who: str
    time: str
    cancelled: bool = False
    ended: str = ""
    ended_by: str = ""
    run: str = ""


def window(said: Maintenance) -> MaintenanceWindow:
    """Return a maintenance as it was announced."""
    to = None if said.to is None else rfc3339(said.to)
    times = rfc3339(said.begin), to, said.note, said.who, rfc3339(said.when)
    return MaintenanceWindow(said.id, said.asset, said.kind, *times, run=said.run)


def ended(one: MaintenanceWindow, said: MaintenanceEnd) -> MaintenanceWindow:
    """Return a maintenance as its end leaves it; a later end than it has changes nothing."""
    begin = nanoseconds(one.begin)
    to = begin if said.to is None else max(said.to, begin)
    if one.cancelled or (one.to is not None and to >= nanoseconds(one.to)):
        return one
    return structs.replace(
        one, to=rfc3339(to), cancelled=to == begin, ended=rfc3339(said.when), ended_by=said.who
    )


Control = Maintenance | MaintenanceEnd | RulesChange

LOOPBACK = "loopback"
"""Who it was where no key was needed."""
