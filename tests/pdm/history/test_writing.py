"""Writing history: whatever crashes when, each reading of the log is in it once."""

import tempfile
from pathlib import Path

import msgspec
from histories import IMPORTED, PLACE, Crash, Point, block, crashing, late, points, written
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import CHANNELS, START, frames, plant_change, rows

from pdm.history.disk import Disk
from pdm.history.intake import Intake
from pdm.history.keep import Keep
from pdm.history.manifest import Place
from pdm.history.merging import execute
from pdm.history.plan import next_job
from pdm.history.writing import READ_FOR_S, Writer

ROWS = rows(3, 12, seed=1)
SECOND = 1_000_000_000
MESSAGES: list[tuple[Place, bytes]] = [
    (place, msgspec.msgpack.encode(record))
    for place, record in (
        (PLACE, plant_change()),
        (PLACE, frames(ROWS[:9])),
        (PLACE, frames(ROWS[:9])),
        (IMPORTED, block([("pump-0", 0, ((0, 99.0),)), ("pump-0", -5, ((0, 1.0), (1, 2.0)))])),
        (PLACE, frames(ROWS[9:20])),
        (PLACE, late(("pump-1", 1, ((0, 55.0),)))),
        (PLACE, late(("pump-1", -7, ((0, 56.0),)))),
        (IMPORTED, block([("pump-0", -5, ((0, 3.0),))])),
        (PLACE, frames(ROWS[20:])),
    )
]


def naive() -> list[Point]:
    """Say what should be there: live wins, the first of it; of what was imported, the last."""
    found = {
        (asset, CHANNELS[c].name, START + second * SECOND): (value, "live")
        for asset, second, cells in ROWS
        for c, value in cells
    }
    rest = [("pump-0", 0, 0, 99.0, "backfill"), ("pump-0", -5, 0, 3.0, "backfill")]
    rest += [
        ("pump-0", -5, 1, 2.0, "backfill"),
        ("pump-1", 1, 0, 55.0, "late"),
        ("pump-1", -7, 0, 56.0, "late"),
    ]
    for asset, second, channel, value, origin in rest:
        found.setdefault((asset, CHANNELS[channel].name, START + second * SECOND), (value, origin))
    return sorted((*key, *value) for key, value in found.items())


def run_once(folder: Path, sizes: list[int], step_of_crash: int, now: float) -> bool:
    """Go on from where the manifest is, flushing and merging, until done or the crash; True if done."""
    writer = Writer(Disk(folder, crashing(step_of_crash)), lambda: now)
    turn = 0
    try:
        writer.recover()
        while True:
            intake = Intake(writer.manifest.offsets())
            due = [_next_of(place, intake.offsets.get(place, 0)) for place in (PLACE, IMPORTED)]
            for place, offset, payload in [one for part in due for one in part][: sizes[turn % len(sizes)]]:
                intake.eat(place, offset, payload)
            turn += 1
            if not intake.moved:
                return True
            assert writer.flush(intake.tray, intake.moved)
            job = next_job(writer.manifest.files(), now + 400, Keep())
            if job:
                assert execute(writer, job, lambda asset: asset[-1])
            writer.sweep()
    except Crash:
        return False


def _next_of(place: Place, stored: int) -> list[tuple[Place, int, bytes]]:
    mine = [payload for where, payload in MESSAGES if where == place]
    return [(place, offset, payload) for offset, payload in enumerate(mine) if offset >= stored]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.lists(st.integers(0, 40), max_size=5))
@settings(max_examples=25, deadline=None)
def test_killed_between_any_two_steps_it_holds_every_reading_once(
    sizes: list[int], crashes: list[int]
) -> None:
    """Cut anywhere, crash before any step of writing, merging or sweeping: the rows are those of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), 1.0e9
        for crash in crashes:
            run_once(folder, sizes, crash, now)
            now += READ_FOR_S
        assert run_once(folder, sizes, 10_000, now)
        assert points(folder) == naive()


def test_a_file_that_does_not_count_is_deleted_at_the_start(tmp_path: Path) -> None:
    """It was renamed, and then the process was killed: its readings come again."""
    writer = written(tmp_path, [ROWS[:9]])
    stray = tmp_path / "hot" / "stray.parquet"
    stray.write_bytes(b"x")
    (tmp_path / "hot" / "other.parquet.writing").write_bytes(b"x")
    assert writer.recover() == 2
    assert not stray.exists()
    assert len(points(tmp_path)) == sum(len(cells) for _, _, cells in ROWS[:9])


def test_offsets_that_moved_meanwhile_let_nothing_count(tmp_path: Path) -> None:
    """A flush read from another place than the manifest's leaves everything as it was."""
    writer = written(tmp_path, [ROWS[:9]])
    before = points(tmp_path)
    intake = Intake({})
    intake.eat(PLACE, 0, msgspec.msgpack.encode(frames(ROWS[9:])))
    assert not writer.flush(intake.tray, intake.moved)
    assert points(tmp_path) == before
    assert len(writer.disk.paths()) == 1


def test_files_that_no_longer_count_stay_for_their_readers(tmp_path: Path) -> None:
    """A reader that has listed files before a merge still finds them; later they are deleted."""
    writer = written(tmp_path, [[row] for row in ROWS])
    before = {file.path for file in writer.manifest.files()}
    job = next_job(writer.manifest.files(), 1.7e9, Keep())
    assert job
    assert execute(writer, job, lambda _: "-")
    assert before <= writer.disk.paths()
    writer.clock = lambda: 1.7e9 + READ_FOR_S + 1
    assert writer.sweep() == len(job.inputs)
    assert writer.disk.paths() == {file.path for file in writer.manifest.files()}
