"""Topics of a partition, merged by the broker's append time."""

from types import SimpleNamespace
from typing import Any

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from streams.merging import MOST_HELD, Merge

TOPICS = ("a", "b")


class Consumer:
    """Remembers what was paused and resumed."""

    def __init__(self) -> None:
        self.history: list[tuple[str, TP]] = []

    def pause_partitions(self, places: set[TP]) -> None:
        """Note a pause."""
        self.history += [("pause", place) for place in places]

    def resume_partitions(self, places: set[TP]) -> None:
        """Note a resumption."""
        self.history += [("resume", place) for place in places]


def merge() -> tuple[Merge, Consumer]:
    """Return a merge and the consumer it acts on."""
    consumer = Consumer()
    app: Any = SimpleNamespace(consumer=consumer)
    return Merge(app, TOPICS), consumer


def message(topic: str, time: float, partition: int = 0) -> Any:
    """Return a delivery as far as the merge looks at it."""
    return SimpleNamespace(message=SimpleNamespace(topic=topic, partition=partition, timestamp=time))


def nothing(_tp: TP) -> bool:
    """Say that nothing is on its way."""
    return False


def everything(_tp: TP) -> bool:
    """Say that the broker holds more of every topic."""
    return True


@given(st.lists(st.integers(0, 9), max_size=30), st.lists(st.integers(0, 9), max_size=30))
def test_messages_leave_in_the_order_in_which_the_broker_got_them(a: list[int], b: list[int]) -> None:
    """However far apart the topics arrive, their messages leave side by side, each topic in its order."""
    held, _ = merge()
    for topic, times in zip(TOPICS, (a, b), strict=True):
        for time in sorted(times):
            held.put(message(topic, time))
    left = []
    while (event := held.take(0, nothing)) is not None:
        left.append(event.message.timestamp)
    assert left == sorted(a + b)


def test_a_topic_is_waited_for_while_the_broker_holds_more_of_it() -> None:
    """What may still come before a message keeps it back; nothing to come lets it go."""
    held, _ = merge()
    held.put(message("a", 2.0))
    assert held.take(0, everything) is None
    held.put(message("b", 1.0))
    first = held.take(0, everything)
    assert first is not None
    assert first.message.topic == "b"
    assert held.take(0, everything) is None
    assert held.take(0, nothing) is not None


def test_a_topic_that_runs_ahead_is_paused_until_half_is_left() -> None:
    """The messages that wait for another topic are bounded."""
    held, consumer = merge()
    for time in range(MOST_HELD):
        held.put(message("a", float(time)))
    assert consumer.history == [("pause", TP("a", 0))]
    for _ in range(MOST_HELD // 2):
        held.take(0, nothing)
    assert consumer.history == [("pause", TP("a", 0)), ("resume", TP("a", 0))]


def test_what_holds_messages_and_does_not_move_is_named() -> None:
    """A partition that waits in vain is found, one that moves is not, and a rebalance forgets both."""
    held, _ = merge()
    held.put(message("a", 1.0, partition=0))
    held.put(message("a", 1.0, partition=1))
    held.put(message("a", 2.0, partition=1))
    held.take(1, nothing)
    assert held.stuck() == [0]
    assert held.stuck() == [0, 1]
    held.forget()
    assert held.stuck() == []
