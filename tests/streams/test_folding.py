"""A log that can be read while the broker is away."""

import logging

from streams.folding import EVERY_S, Folding


def record(text: str) -> logging.LogRecord:
    """Make a message whose template is `text`."""
    return logging.LogRecord("aiokafka", logging.ERROR, "", 0, text, ("x",), None)


def test_a_message_that_repeats_is_written_once_in_a_while_with_a_count() -> None:
    """Nothing is lost but the repetition."""
    now = [0.0]
    folding = Folding(lambda: now[0])
    assert [folding.filter(record("gone: %s")) for _ in range(3)] == [True, False, False]
    now[0] = EVERY_S
    again = record("gone: %s")
    assert folding.filter(again)
    assert again.getMessage() == "gone: x (and 2 more like it)"


def test_other_messages_are_not_held_back() -> None:
    """Folding looks at the kind of a message, not at who says it."""
    folding = Folding(lambda: 0.0)
    assert folding.filter(record("one: %s"))
    assert folding.filter(record("two: %s"))
