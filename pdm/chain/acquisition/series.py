"""Series: what each field of a foreign point means is found out once, and remembered."""

from collections.abc import Hashable

from pdm.chain.acquisition.mapping import Fate, Point, fate
from pdm.plant.spec import Plant

MOST_SERIES = 100_000
"""Series that are remembered; beyond that all are forgotten, since tags may be anything."""
MOST_CLASSES = 16


class Series:
    """The series of machines of one class, numbered as they come.

    heads : measurement and tags, as they are written -> the code of each field met under them
    fates : code -> what becomes of it; points : code -> what it is
    """

    def __init__(self, plant: Plant, machine_class: str = "") -> None:
        self.plant, self.machine_class = plant, machine_class
        self.heads: dict[Hashable, dict[Hashable, int]] = {}
        self.fates: list[Fate] = []
        self.points: list[Point] = []

    def code(self, head: Hashable, key: Hashable, point: Point) -> int:
        """Number a field that was not met before."""
        codes = self.heads.setdefault(head, {})
        self.points.append(point)
        self.fates.append(fate(point, self.plant, self.machine_class))
        return codes.setdefault(key, len(self.fates) - 1)


class Known:
    """The series of each class of a plant; where they become too many, all are forgotten between requests."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._series: dict[str, Series] = {}

    def of(self, machine_class: str) -> Series:
        """Give the series of a class."""
        found = self._series.get(machine_class)
        if found is not None and len(found.fates) <= MOST_SERIES:
            return found
        if len(self._series) >= MOST_CLASSES:
            self._series.clear()
        found = self._series[machine_class] = Series(self._plant, machine_class)
        return found
