"""The seam to a language model: messages in, one answer out."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from pdm.errors import PdmError


class Failure(StrEnum):
    """Why there is no answer; each may become a metric label."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    BUDGET = "budget"
    BREAKER = "breaker"


class ExplainerError(PdmError):
    """There is no answer to be had; the draft stands."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure, self.detail = failure, detail


class Message(Struct, frozen=True):
    """One message of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


class Answer(Struct, frozen=True):
    """What the model said; `cut_off` where it was stopped before it had finished."""

    text: str
    cut_off: bool = False


class Explainer(Protocol):
    """A language model, whichever it is."""

    @property
    def model(self) -> str:
        """Its name, for the record."""

    async def complete(self, messages: tuple[Message, ...]) -> Answer:
        """Return the model's answer; raises ExplainerError."""
