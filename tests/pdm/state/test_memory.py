"""A bounded memory."""

from pdm.state.memory import LARGEST_BYTES, remember


def test_a_full_memory_begins_again() -> None:
    """It never holds more than it may, and what was just worked out is in it."""
    cache: dict[int, str] = {}
    for key in range(5):
        remember(cache, key, str(key), most=2)
        assert len(cache) <= 2
        assert cache[key] == str(key)


def test_large_entries_fill_a_memory_sooner() -> None:
    """What counts is bytes, not only how many there are: the dictionaries of a large plant are long."""
    cache: dict[int, bytes] = {}
    for key in range(100):
        remember(cache, key, b"", most=1_000, size=LARGEST_BYTES // 10)
        assert len(cache) <= 11
