"""Upkeep: one job after the other, and none that writes where there is no room."""

from pathlib import Path

import pytest
from histories import points, written
from logs import START, rows
from msgspec import structs

from pdm.history.disk import Disk
from pdm.history.keep import Keep
from pdm.history.manifest import Grade
from pdm.history.upkeep import Upkeep, is_full, site_of
from pdm.plant.load import parse

ROWS = rows(2, 20, seed=9)
LATER = START / 1e9 + 3 * 86_400


class NearlyFull(Disk, frozen=True):
    """A disk with no more than this free, of 100 GB."""

    left: int = 0

    def free(self) -> tuple[int, int]:
        """Return what a full disk would."""
        return self.left, 100 << 30


def test_a_history_becomes_tidy_and_stays_so(tmp_path: Path) -> None:
    """Two files become one, and then there is nothing to do."""
    writer = written(tmp_path, [ROWS[:20], ROWS[20:]], now=LATER - 9_000)
    writer.clock = lambda: LATER
    upkeep, before = Upkeep(writer, Keep(), lambda _: "-"), points(tmp_path)
    assert upkeep.once()
    assert not upkeep.once()
    assert points(tmp_path) == before
    assert [grade for grade, (files, _) in upkeep.size().items() if files] == [Grade.RAW]


@pytest.mark.parametrize(("left", "full"), [(1 << 20, True), (2 << 30, False)])
def test_a_disk_that_is_nearly_full_is_left_to_others(tmp_path: Path, left: int, full: bool) -> None:
    """Nothing is merged on it; what is too old is still deleted."""
    writer = written(tmp_path, [ROWS])
    writer.disk = NearlyFull(tmp_path, left=left)
    writer.clock = lambda: LATER
    assert is_full(writer) == full
    assert Upkeep(writer, Keep(), lambda _: "-").once() != full
    if full:
        files = [structs.replace(file, grade=Grade.RAW) for file in writer.manifest.files()]
        assert writer.manifest.commit([], writer.manifest.files())
        assert writer.manifest.commit(structs.replace(file, path="x") for file in files)
        assert Upkeep(writer, Keep(raw=1, minute=1, hour=1), lambda _: "-").once()
        assert writer.manifest.files() == []


def test_a_site_is_the_first_part_of_a_machines_path() -> None:
    """Written so that it can be a folder's name; a dash where nobody declared one."""
    plant = parse('[[machines]]\nasset = "p"\npath = "Works North/hall 1"\n', "plant.toml")
    assert (site_of(plant)("p"), site_of(plant)("q")) == ("Works-North", "-")
