"""An explainer within its budget and behind its circuit breaker."""

from pdm.explainer.breaker import Breaker
from pdm.explainer.budget import Budget
from pdm.explainer.protocol import Answer, Explainer, ExplainerError, Failure, Message


class Guarded:
    """Asks another explainer only while the breaker and the budget allow it."""

    def __init__(
        self, explainer: Explainer, breaker: Breaker | None = None, budget: Budget | None = None
    ) -> None:
        self._explainer = explainer
        self.breaker, self.budget = breaker or Breaker(), budget or Budget()

    @property
    def model(self) -> str:
        """See `Explainer.model`."""
        return self._explainer.model

    async def complete(self, messages: tuple[Message, ...]) -> Answer:
        """See `Explainer.complete`; fails at once where no call may be made."""
        if self.budget.left < 1.0:
            raise ExplainerError(Failure.BUDGET, "no calls left for now")
        if not self.breaker.allows():
            raise ExplainerError(Failure.BREAKER, "too many failures in a row")
        self.budget.take()
        try:
            answer = await self._explainer.complete(messages)
        except ExplainerError:
            self.breaker.failed()
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self.breaker.succeeded()
        return answer
