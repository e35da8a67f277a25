"""Words a draft: one try, one repair, and if both fail the draft stands with what was wrong."""

import logging
import re
from datetime import UTC, tzinfo

from msgspec.structs import replace

from pdm.chain.advisory.checks import check
from pdm.chain.advisory.facts import facts
from pdm.explainer.prompt import digest, prompt, repair
from pdm.explainer.protocol import Answer, Explainer, ExplainerError, Message
from pdm.records.advice import Advice
from pdm.records.event import Event

TRIES = 2
CUT_OFF = "cut off: the answer was longer than the model may write"

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_log = logging.getLogger(__name__)


async def word(draft: Advice, event: Event, client: Explainer, zone: tzinfo = UTC) -> Advice:
    """Return revision 2 of the advice: the model's wording, or the draft's text with the violations.

    Where the model gives no answer to judge (no connection, budget spent, breaker open) the draft
    itself comes back, revision 1: there is nothing new to publish.
    draft, zone : from `draft(event, knowledge, zone)`
    """
    allowed = facts(event, zone)
    messages = prompt(draft)
    asked, violations = messages, tuple[str, ...]()
    for _ in range(TRIES):
        try:
            answer = await client.complete(messages)
        except ExplainerError as error:
            _log.warning("advice %s stays a draft: %s", draft.id, error)
            break
        asked, text = messages, _text(answer)
        violations = (CUT_OFF,) if answer.cut_off else check(text, allowed, draft)
        if not violations:
            return _second(draft, client, asked, text=text, source="llm")
        messages = repair(messages, text, violations)
    return _second(draft, client, asked, violations=violations) if violations else draft


def _second(draft: Advice, client: Explainer, asked: tuple[Message, ...], **changes: object) -> Advice:
    return replace(draft, revision=2, model=client.model, prompt_sha256=digest(asked), **changes)


def _text(answer: Answer) -> str:
    """Return an answer without the thoughts some models begin with, on one line."""
    return " ".join(_THOUGHT.sub("", answer.text).split())
