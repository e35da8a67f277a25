"""Causes come before effects: a failure mode explains readings, never the other way round."""

import re

_IS = r" (?:is|are|may be|might be|could be|would be)"
_TO_CAUSE = re.compile(
    rf"\b(?:causes?{_IS}|due to|caused by|because(?: of)?|as a result of|results? from|stems? from|"
    r"explained by|owing to|driven by|produced by)\b",
    re.IGNORECASE,
)
_TO_EFFECT = re.compile(
    rf"\b(?:causes?(?!{_IS})|causing|caused(?! by)|leads? to|leading to|led to|results? in|resulting in|"
    r"explains?|explaining|produces?|producing|gives? rise to|brings? about|triggers?|triggered(?! by))\b",
    re.IGNORECASE,
)
_ALARM = re.compile(r"\b(?:alarm|event|warning|notice)\b", re.I)
"""A reading is no cause of a fault, but it is what raised the alarm."""


def causality_violations(sentence: str, causes: list[str]) -> list[str]:
    """Return links of cause and effect that run the wrong way, or from something that is no hypothesis.

    causes : titles of the hypotheses
    """
    found = []
    for pattern, cause_is_right in ((_TO_CAUSE, True), (_TO_EFFECT, False)):
        for link in pattern.finditer(sentence):
            left, right = sentence[: link.start()], sentence[link.end() :]
            cause, effect = (right, left) if cause_is_right else (left, right)
            if _ALARM.search(effect) and not (_names(cause, causes) or _names(effect, causes)):
                continue
            if not _names(cause, causes) or _names(effect, causes):
                found.append(f"causality: {link.group()!r} does not go from a hypothesis to a reading")
    return found


def _names(text: str, causes: list[str]) -> bool:
    return any(cause.lower() in text.lower() for cause in causes)
