"""Every "above", "fallen" and "high" of a text is computed again from the facts."""

import re
from collections.abc import Sequence

from pdm.chain.advisory.facts import Fact, Role
from pdm.chain.advisory.quotes import Quote, quotes
from pdm.chain.advisory.sentences import Mention, mentions

_UP = (
    r"above|exceed(?:s|ed|ing)?|higher|rises?|risen|rising|rose|increas(?:e|es|ed|ing)|elevated|high|greater|"
    r"more than|climb(?:s|ed|ing)?|grown|growing|grew|excessive|hotter|warmer|stronger|up (?:from|to)"
)
_DOWN = (
    r"below|lower|falls?|fallen|falling|fell|drop(?:s|ped|ping)?|decreas(?:e|es|ed|ing)|low|"
    r"less than|declin(?:e|es|ed|ing)|cooler|colder|weaker|sunk|sank|reduced|down (?:from|to)"
)
_WORD = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<near>over|under))\b", re.I)
_COMPARED = re.compile(
    r"(?:\s+(?:the|its|their|than|of|plant|alarm|upper|lower)){0,4}\s+"
    r"(?:(?P<limit>limits?|threshold)|usual|normal|baseline|typical|average|expected)\b",
    re.I,
)
_SOME = re.compile(r"\b(?:readings|values|signals|measurements)\b", re.I)
_THAN = re.compile(r"\s+than\s+(?:the\s+|that\s+|those\s+|of\s+|on\s+|at\s+)*", re.I)
_ASKS = re.compile(
    r"^(?:please )?(?:check|ask|verify|inspect|measure|see|find out|look|confirm|compare)\b", re.I
)


def relation_violations(
    sentence: str, facts: Sequence[Fact], asset: str, subject: frozenset[str]
) -> list[str]:
    """Return comparisons and trends that the facts contradict or do not know."""
    if sentence.endswith("?") or _ASKS.match(sentence):
        return []
    quoted = quotes(sentence, facts, asset, subject)
    named = mentions(sentence, facts)
    found = []
    for word in _WORD.finditer(sentence):
        reference = _reference(sentence, word, quoted)
        role = reference.role if reference else _spoken_of(sentence, word)
        if word["near"] and role is None:
            continue
        upward = bool(word["up"]) or word.group().lower() == "over"
        channels = frozenset([reference.channel]) if reference else _subject(word, named, subject)
        if channels is None and _SOME.search(sentence):
            channels = frozenset(_gone(upward, role, facts))
        across = any(_THAN.fullmatch(sentence, word.end(), mention.start) for mention in named)
        if across or not _true(upward, channels, role, facts):
            found.append(f"relation: {word.group()!r} is not what the facts say")
    return found


def _reference(sentence: str, word: re.Match[str], quoted: list[Quote]) -> Fact | None:
    """Return the baseline or limit whose number a comparison names right after it."""
    after = [quote for quote in quoted if quote.number.start >= word.end()]
    if not after or after[0].fact is None or after[0].fact.role not in {Role.BASELINE, Role.LIMIT}:
        return None
    return None if _WORD.search(sentence, word.end(), after[0].number.start) else after[0].fact


def _spoken_of(sentence: str, word: re.Match[str]) -> Role | None:
    """Return what a comparison without a number compares with; None where it does not say."""
    match = _COMPARED.match(sentence, word.end())
    if match is None:
        return None
    return Role.LIMIT if match["limit"] else Role.BASELINE


def _subject(word: re.Match[str], named: list[Mention], subject: frozenset[str]) -> frozenset[str] | None:
    """Return the channels a word speaks of: the noun it stands before, else the last one named."""
    for mention in named:
        if 0 <= mention.start - word.end() <= 12:
            return mention.channels
    before = [mention for mention in named if mention.end <= word.start()]
    if before:
        return before[-1].channels
    return named[0].channels if named else (subject or None)


def _gone(upward: bool, role: Role | None, facts: Sequence[Fact]) -> set[str]:
    """Return the channels of which a comparison is true."""
    channels = {fact.channel for fact in facts if fact.channel}
    return {one for one in channels if _true(upward, frozenset([one]), role, facts)}


def _true(upward: bool, channels: frozenset[str] | None, role: Role | None, facts: Sequence[Fact]) -> bool:
    """Tell whether each channel lies on that side of its baseline or limit.

    role : with which it is compared; without one it is the baseline, else the limit
    """
    for channel in channels or ():
        own = {fact.role: fact for fact in facts if fact.channel == channel}
        value = own.get(Role.VALUE)
        against = own.get(role) if role else own.get(Role.BASELINE, own.get(Role.LIMIT))
        if value is None or against is None or value.text == against.text:
            return False
        if (value.si > against.si) is not upward:
            return False
    return bool(channels)
