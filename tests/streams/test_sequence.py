"""The sequence rule, against a Faust that drops, repeats and reorders as it likes."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.sequence import PAUSE_S, Sequence, Verdict


def test_messages_in_turn_are_taken_once() -> None:
    """What comes again is a repeat, whoever delivers it."""
    sequence = Sequence(5)
    assert [sequence.judge(offset, 0.0) for offset in (5, 6, 5, 7)] == [
        Verdict.TAKE,
        Verdict.TAKE,
        Verdict.REPEAT,
        Verdict.TAKE,
    ]


def test_a_gap_sends_the_reader_back_once_and_again_after_a_pause() -> None:
    """What was on its way is left alone; a rewind that it undid is repeated."""
    sequence = Sequence(5)
    assert sequence.judge(7, 0.0) is Verdict.REWIND
    assert sequence.judge(8, 0.1) is Verdict.WAIT
    assert not sequence.overdue(0.1)
    assert sequence.overdue(PAUSE_S)
    assert sequence.judge(9, PAUSE_S) is Verdict.REWIND
    assert sequence.judge(5, PAUSE_S) is Verdict.TAKE
    assert not sequence.overdue(99.0)


def test_what_retention_deleted_is_stepped_over_and_counted() -> None:
    """Only the broker can say that a message is gone; nothing is given up on a guess."""
    sequence = Sequence(5)
    assert sequence.step_over(3) == 0
    assert sequence.step_over(9) == 4
    assert sequence.judge(9, 0.0) is Verdict.TAKE


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_every_message_is_taken_once_in_order_whatever_is_dropped(seed: int) -> None:
    """A reader that drops what it likes, and starts again where it is told, loses nothing."""
    rng, sequence, now, position = random.Random(seed), Sequence(0), 0.0, 0
    taken: list[int] = []
    while len(taken) < 30:
        now += rng.choice([0.01, PAUSE_S])
        offset, position = position, position + 1
        if offset >= 40:
            position = sequence.expected
            continue
        if rng.random() < 0.2:
            continue
        verdict = sequence.judge(offset, now)
        if verdict is Verdict.TAKE:
            taken.append(offset)
        elif verdict is Verdict.REWIND and rng.random() < 0.8:
            position = sequence.expected
    assert taken == list(range(30))
