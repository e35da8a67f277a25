"""A language model for tests: a queue of answers in, a history of questions out."""

from collections import deque
from collections.abc import Iterable

from pdm.explainer.protocol import Answer, Message


class FakeExplainer:
    """Gives the queued answers in turn, raises those that are errors, and keeps what it was asked."""

    model = "fake-1"

    def __init__(self, answers: Iterable[str | Answer | BaseException] = ()) -> None:
        self.queue = deque(answers)
        self.history: list[tuple[Message, ...]] = []

    async def complete(self, messages: tuple[Message, ...]) -> Answer:
        """Give the next answer; one too many is an IndexError."""
        self.history.append(messages)
        answer = self.queue.popleft()
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(answer)
