"""Groups of a broker that has just started."""

from typing import Any

import pytest
from kafka.errors import CoordinatorLoadInProgressError

from pdm.broker.groups import groups


class Client:
    """Answers from a queue; an error in it is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def list_groups(self) -> Any:
        """Give the next answer; the last one again and again."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_broker_that_is_still_loading_is_asked_again() -> None:
    """It is there, and says so; its groups come a moment later."""
    loading = CoordinatorLoadInProgressError()
    assert groups(Client(loading, loading, [{"group_id": "a"}])) == [{"group_id": "a"}]


def test_patience_ends() -> None:
    """What is loading for ever is an error."""
    with pytest.raises(CoordinatorLoadInProgressError):
        groups(Client(CoordinatorLoadInProgressError()), within=0.0)
