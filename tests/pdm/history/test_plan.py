"""What is done next for a tidy history."""

from msgspec import structs

from pdm.history.keep import Keep
from pdm.history.manifest import File, Grade
from pdm.history.plan import DAY_NS, FAN_IN, HOT_FILES, HOT_S, HOUR_NS, QUIET_S, Job, next_job

HOUR_S = 3_600
TODAY = 20_000
"""A day since the epoch."""
NOW = TODAY * 86_400 + 12 * HOUR_S


def file(name: int, grade: Grade, hour: int, added_s: int = 0, rows: int = 1_000, day: int = TODAY) -> File:
    """Make a file with the rows of one hour."""
    begin = day * DAY_NS + hour * HOUR_NS
    return File(f"{grade}/{name:04d}", grade, "-", begin, begin + HOUR_NS - 1, rows, 10, added_s)


def test_hot_files_wait_until_there_are_several_or_one_is_old() -> None:
    """So that a rewrite is worth it."""
    few = [file(n, Grade.HOT, 11, NOW - 10) for n in range(HOT_FILES - 1)]
    assert next_job(few, NOW, Keep()) is None
    assert next_job(few, NOW + HOT_S, Keep()) == Job(tuple(few), Grade.RAW, HOUR_NS)
    many = [file(n, Grade.HOT, 11, NOW - 10) for n in range(FAN_IN + 4)]
    assert next_job(many, NOW, Keep()) == Job(tuple(many[:FAN_IN]), Grade.RAW, HOUR_NS)


def test_what_goes_far_back_is_sorted_into_days() -> None:
    """A year of imports must not become a file an hour."""
    back = [file(0, Grade.HOT, 0, day=TODAY - 200), file(1, Grade.HOT, 0)]
    assert next_job(back, NOW, Keep()) == Job(tuple(back), Grade.RAW, DAY_NS)


def test_hot_files_of_many_rows_are_taken_in_turn() -> None:
    """Memory stays bounded."""
    big = [file(n, Grade.HOT, 11, 0, rows=3_000_000) for n in range(3)]
    assert next_job(big, NOW, Keep()) == Job((big[0],), Grade.RAW, HOUR_NS)


def test_an_hour_becomes_one_file_when_it_is_over_and_quiet() -> None:
    """Not before, and not if somebody still imports into it."""
    hour = [file(n, Grade.RAW, 10, NOW - QUIET_S - 1) for n in range(3)]
    assert next_job(hour, NOW, Keep()) == Job(tuple(hour), Grade.RAW, HOUR_NS)
    fresh = structs.replace(hour[0], added_s=NOW - 5)
    assert next_job([fresh, *hour[1:]], NOW, Keep()) is None
    assert next_job([file(n, Grade.RAW, 12, 0) for n in range(3)], NOW, Keep()) is None


def test_a_small_day_becomes_one_file() -> None:
    """A large one keeps its hours."""
    small = [file(n, Grade.RAW, n, 0, day=TODAY - 1) for n in range(24)]
    assert next_job(small, NOW, Keep()) == Job(tuple(small), Grade.RAW, DAY_NS)
    large = [structs.replace(one, rows=1_000_000) for one in small]
    assert next_job(large, NOW, Keep()) is None


def test_an_old_day_is_averaged_and_the_oldest_goes() -> None:
    """Together with what was averaged of it before; nothing is done twice."""
    keep = Keep(raw=10, minute=20, hour=30)
    raw, minute = (file(0, grade, 1, day=TODAY - 15) for grade in (Grade.RAW, Grade.MINUTE))
    assert next_job([raw, minute], NOW, keep) == Job((raw, minute), Grade.MINUTE, DAY_NS)
    assert next_job([minute], NOW, keep) is None
    assert next_job([minute], NOW + 10 * 86_400, keep) == Job((minute,), Grade.HOUR, DAY_NS)
    assert next_job([minute], NOW + 20 * 86_400, keep) == Job((minute,), None)
