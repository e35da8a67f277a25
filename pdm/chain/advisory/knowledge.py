"""The knowledge base: failure modes and permitted actions, frozen and validated when it is loaded."""

import re
import tomllib
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct

from pdm.errors import PdmError
from pdm.records.advice import Action
from pdm.records.reading import Quantity


class KnowledgeError(PdmError):
    """The knowledge base is wrong: nothing starts, and the place says where."""

    def __init__(self, name: str, place: str, problem: str) -> None:
        super().__init__(f"{name}: {place}: {problem}")
        self.name, self.place, self.problem = name, place, problem


class Direction(StrEnum):
    """Where a quantity goes, as seen from its baseline or limit."""

    UP = "up"
    DOWN = "down"


class Symptom(Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity that goes somewhere; `weight` is its share of the mode's picture, 0 to 1."""

    quantity: Quantity
    direction: Direction
    weight: float


class FailureMode(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to fail; component, mode, mechanism and cause are kept apart as in ISO 14224.

    classes : words by which the classes of machines are known that can fail so
    ask     : what to ask or check to tell it from the others
    actions : ids of the permitted actions, the first the first to do
    """

    id: str
    title: str
    component: str
    mode: str
    mechanism: str
    cause: str
    classes: tuple[str, ...]
    ask: str
    actions: tuple[str, ...]
    aliases: tuple[str, ...]
    symptoms: tuple[Symptom, ...]


class Knowledge(Struct, frozen=True):
    """All failure modes and actions by id, and which file they are from.

    none_actions : what may be advised where no failure mode explains the evidence
    """

    failure_modes: dict[str, FailureMode]
    actions: dict[str, Action]
    none_actions: tuple[str, ...]
    sha256: str


class _Action(Action, frozen=True, forbid_unknown_fields=True):
    """An action as the file writes it, in which a misspelt key is an error."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    none_actions: tuple[str, ...]
    actions: tuple[_Action, ...]
    failure_modes: tuple[FailureMode, ...]


def load(text: str, name: str = "failure_modes.toml") -> Knowledge:
    """Read a knowledge base from TOML; raises KnowledgeError with the place and the reason."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(name, "TOML", str(error)) from error
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise KnowledgeError(name, place.strip("`") or "$", problem) from error
    actions = {
        one.id: Action(one.id, one.text, one.skill, one.duration_minutes, one.tools) for one in file.actions
    }
    modes = {one.id: one for one in file.failure_modes}
    for place, problem in _problems(file, set(actions)):
        raise KnowledgeError(name, place, problem)
    return Knowledge(modes, actions, file.none_actions, sha256(text.encode()).hexdigest())


def _problems(file: _File, actions: set[str]) -> list[tuple[str, str]]:
    """Return every place where the file contradicts itself, with the reason."""
    found = [("none_actions", f"unknown action {a!r}") for a in file.none_actions if a not in actions]
    found += [("actions", f"{problem}") for problem in _id_problems([a.id for a in file.actions])]
    found += [("failure_modes", f"{problem}") for problem in _id_problems([m.id for m in file.failure_modes])]
    for action in file.actions:
        if not action.text.strip() or action.duration_minutes <= 0:
            found.append((f"action {action.id}", "needs a text and a duration above 0"))
    for mode in file.failure_modes:
        found += [(f"failure mode {mode.id}", problem) for problem in _mode_problems(mode, actions)]
    return found


def _mode_problems(mode: FailureMode, actions: set[str]) -> list[str]:
    found = [f"unknown action {a!r}" for a in mode.actions if a not in actions]
    texts = (mode.title, mode.component, mode.mode, mode.mechanism, mode.cause, mode.ask)
    if not all(text.strip() for text in texts):
        found.append("title, component, mode, mechanism, cause and ask must say something")
    if not (mode.symptoms and mode.actions and mode.classes):
        found.append("needs at least one symptom, one action and one class")
    if any(not 0 < symptom.weight <= 1 for symptom in mode.symptoms):
        found.append("a symptom's weight must be above 0 and at most 1")
    keys = [(symptom.quantity, symptom.direction) for symptom in mode.symptoms]
    if len(set(keys)) < len(keys):
        found.append("a symptom is there twice")
    return found


def _id_problems(ids: list[str]) -> list[str]:
    found = [f"id {one!r} is there twice" for one in sorted(set(ids)) if ids.count(one) > 1]
    found += [
        f"id {one!r} must match [a-z][a-z0-9_]*" for one in ids if not re.fullmatch(r"[a-z][a-z0-9_]*", one)
    ]
    return found if ids else ["there must be at least one"]
