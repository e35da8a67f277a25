"""Ranks the failure modes that would explain an event's evidence; "none of these" is one of them."""

from msgspec import Struct

from pdm.chain.advisory.knowledge import Direction, FailureMode, Knowledge
from pdm.records.advice import Hypothesis
from pdm.records.event import Event, Evidence

NONE_ID = "none_of_these"
NONE_TITLE = "None of the known failure modes"
NONE_LIKENESS = 0.3
"""How much like the evidence a failure mode must look to be likelier than none of them."""
SHOWN_LIKENESS = 0.2
"""Below this likeness a failure mode is not worth a reader's time."""
SHOWN = 3

Seen = dict[tuple[str, Direction], "Sign"]


class Sign(Struct, frozen=True):
    """What the evidence says of one quantity in one direction: the strongest channel.

    strength : 0 to 1, one half on the decision line
    """

    strength: float
    channel: str


def direction(evidence: Evidence) -> Direction | None:
    """Return where a channel went from the limit it crossed, else from its baseline; None if unknown."""
    for reference in _references(evidence):
        if reference is not None and evidence.value != reference:
            return Direction.UP if evidence.value > reference else Direction.DOWN
    return None


def rank(event: Event, knowledge: Knowledge) -> tuple[Hypothesis, ...]:
    """Return at most three failure modes and "none of these", likeliest first; weights sum to 1.

    A mode is as likely as it looks like the evidence: what it explains, less what contradicts it,
    over the mean of its whole picture and the whole evidence (Tversky 1977, alpha = beta = 1/2).
    """
    seen = signs(event.evidence)
    modes = [m for m in knowledge.failure_modes.values() if applies(m, event.machine_class)]
    looks = [(likeness(mode, seen), mode) for mode in modes]
    best = sorted(looks, key=lambda one: (-one[0], one[1].id))[:SHOWN]
    best = [(value, mode) for value, mode in best if value >= SHOWN_LIKENESS]
    total = NONE_LIKENESS + sum(value for value, _ in best)
    found = [_hypothesis(mode, value / total, seen) for value, mode in best]
    found.append(Hypothesis(NONE_ID, NONE_TITLE, round(NONE_LIKENESS / total, 3)))
    return tuple(sorted(found, key=lambda one: -one.weight))


def applies(mode: FailureMode, machine_class: str) -> bool:
    """Tell whether a machine of this class can fail so; of an unknown class it can."""
    name = machine_class.lower()
    return not name or any(word in name for word in mode.classes) or not _is_known(name)


def signs(evidence: tuple[Evidence, ...]) -> Seen:
    """Return the strongest sign per quantity and direction."""
    seen: Seen = {}
    for one in evidence:
        where = direction(one)
        score = max(one.score, 0.0)
        if where is None:
            continue
        sign = Sign(score / (1.0 + score), one.channel)
        if sign.strength > seen.get((one.quantity, where), Sign(0.0, "")).strength:
            seen[one.quantity, where] = sign
    return seen


def likeness(mode: FailureMode, seen: Seen) -> float:
    """Return how much a mode's picture looks like what was seen, 0 to 1."""
    picture = {(s.quantity.value, s.direction): s.weight for s in mode.symptoms}
    explained = sum(weight * seen[key].strength for key, weight in picture.items() if key in seen)
    against = sum(picture[key] * seen[other].strength for key, other in _contradictions(picture, seen))
    whole = (sum(picture.values()) + sum(sign.strength for sign in seen.values())) / 2
    return max(0.0, explained - against) / whole if seen else 0.0


def _contradictions(
    picture: dict[tuple[str, Direction], float], seen: Seen
) -> list[tuple[tuple[str, Direction], tuple[str, Direction]]]:
    """Return symptoms of which the opposite was seen, with that opposite."""
    pairs = [((quantity, where), (quantity, _opposite(where))) for quantity, where in picture]
    return [(key, other) for key, other in pairs if other in seen and other not in picture]


def _hypothesis(mode: FailureMode, weight: float, seen: Seen) -> Hypothesis:
    picture = {(s.quantity.value, s.direction): s.weight for s in mode.symptoms}
    explained = [key for key in picture if key in seen]
    against = [other for _, other in _contradictions(picture, seen)]
    return Hypothesis(
        failure_mode=mode.id,
        title=mode.title,
        weight=round(weight, 3),
        supporting=tuple(_say(key, seen) for key in explained),
        contradicting=tuple(_say(key, seen) for key in against),
        check=mode.ask,
    )


def _say(key: tuple[str, Direction], seen: Seen) -> str:
    return f"{key[0]} {key[1].value} ({seen[key].channel})"


def _opposite(where: Direction) -> Direction:
    return Direction.DOWN if where is Direction.UP else Direction.UP


def _references(evidence: Evidence) -> tuple[float | None, ...]:
    if evidence.detector == "limit":
        return evidence.limit, evidence.baseline
    return evidence.baseline, evidence.limit


def _is_known(machine_class: str) -> bool:
    return any(word in machine_class for word in ("pump", "motor", "fan"))
