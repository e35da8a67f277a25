"""Advice: what may be wrong, and what to do, with nothing invented."""

from enum import StrEnum

from msgspec import Struct


class Urgency(StrEnum):
    """When somebody should act, from the policy table."""

    WATCH = "watch"
    PLAN = "plan"
    SOON = "soon"
    NOW = "now"


class Action(Struct, frozen=True):
    """A permitted action of the knowledge base."""

    id: str
    text: str
    skill: str
    duration_minutes: int
    tools: tuple[str, ...] = ()


class Hypothesis(Struct, frozen=True):
    """A failure mode that would explain the evidence, and what speaks for and against it."""

    failure_mode: str
    title: str
    weight: float
    supporting: tuple[str, ...] = ()
    contradicting: tuple[str, ...] = ()
    check: str = ""


class Advice(Struct, frozen=True, omit_defaults=True):
    """Advice on one revision of an event.

    id         : uuid5 of event, event_revision
    revision   : 1 for the deterministic draft, 2 when a model has worded it
    source     : "draft" or "llm"
    text       : what a person reads
    facts      : each statement of fact in the text, made by code
    violations : what the checks found in a model's wording; then the draft stands
    """

    id: str
    revision: int
    event: str
    event_revision: int
    asset: str
    time: str
    source: str
    urgency: Urgency
    text: str
    facts: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...]
    actions: tuple[Action, ...]
    model: str = ""
    prompt_sha256: str = ""
    violations: tuple[str, ...] = ()
    run: str = ""
