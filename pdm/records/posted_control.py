"""What people post to change something, in their words."""

from msgspec import Struct, field

from pdm.records.control import MaintenanceKind


class PostedMaintenance(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody announces; times are RFC 3339.

    from : now unless said      to : left out while nobody knows the end
    id   : yours, so that a repeat is the same maintenance; one is made up unless said
    run  : namespace of a replay run
    """

    asset: str
    kind: MaintenanceKind
    begin: str | None = field(default=None, name="from")
    to: str | None = None
    note: str = ""
    id: str = ""
    run: str = ""


class PostedEnd(Struct, frozen=True, forbid_unknown_fields=True):
    """When a maintenance is over, RFC 3339; now unless said."""

    to: str | None = None


class PostedRules(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule pack as its TOML text, and why it is put in force."""

    toml: str
    note: str = ""
