"""A bounded memory."""

from pdm.state.memory import remember


def test_a_full_memory_begins_again() -> None:
    """It never holds more than it may, and what was just worked out is in it."""
    cache: dict[int, str] = {}
    for key in range(5):
        remember(cache, key, str(key), most=2)
        assert len(cache) <= 2
        assert cache[key] == str(key)
