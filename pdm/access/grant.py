"""What one request may do: resolved once from its key, then passed down."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from msgspec import Struct

from pdm.access.keys import Key, Permission, Role
from pdm.plant.spec import Plant


class Grant(Struct, frozen=True):
    """What a request may do, and in whose name.

    name        : of the key; "" where none was needed
    permissions : what it may do
    assets      : the machines it reaches; None for all there are, also those that nobody declared
    speaks      : prefix of the sources it may deliver as; "" for any
    rate, burst : readings per second in the long run, and at once; rate 0 where there is no limit
    id          : of the key, for what is counted by key
    """

    name: str = ""
    permissions: frozenset[Permission] = frozenset(Permission)
    assets: frozenset[str] | None = None
    speaks: str = ""
    rate: float = 0.0
    burst: float = 0.0
    id: str = ""

    def reaches(self, asset: str) -> bool:
        """Tell whether a machine is within its reach."""
        return self.assets is None or asset in self.assets

    @property
    def reach(self) -> Callable[[str], bool] | None:
        """What tells whether a machine is within its reach; None where all are."""
        return None if self.assets is None else self.assets.__contains__

    @property
    def within(self) -> tuple[str, ...] | None:
        """The machines within its reach by name, for a question to the store; None for all."""
        return None if self.assets is None else tuple(sorted(self.assets))

    def may_be(self, source: str) -> bool:
        """Tell whether it may deliver as this source: its own name, or one below it (`name.line-1`)."""
        return not self.speaks or source == self.speaks or source.startswith(f"{self.speaks}.")


EVERYTHING = Grant()
"""What a request may do where no key is needed."""


def grant(key: Key, plant: Plant) -> Grant:
    """Resolve a key against the plant file: which machines stand in its places."""
    return Grant(
        name=key.name,
        permissions=key.permissions,
        assets=_within(key.paths, plant) if key.paths else None,
        speaks="" if key.role is Role.ADMIN and not key.paths else key.name,
        rate=key.rate,
        burst=key.burst,
        id=key.id,
    )


def covers(place: str, path: str) -> bool:
    """Tell whether a machine's path is the place or inside it: "north/hall-2" has no "north/hall-21"."""
    return PurePosixPath(path).is_relative_to(PurePosixPath(place)) and bool(path)


def _within(places: Iterable[str], plant: Plant) -> frozenset[str]:
    return frozenset(
        asset for asset, machine in plant.machines.items() if any(covers(p, machine.path) for p in places)
    )
