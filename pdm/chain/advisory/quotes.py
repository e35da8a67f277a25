"""Every number of a text must be a fact: of that channel, in that role, in that unit."""

import re
from collections.abc import Sequence

from msgspec import Struct

from pdm.chain.advisory.facts import Fact, Role
from pdm.chain.advisory.sentences import Mention, Number, blank, mentions, numbers, role_of_unit

_BASELINE = re.compile(
    r"\b(?:usual(?:ly)?|normal(?:ly)?|baseline|typical(?:ly)?|expected|average|from)\b", re.I
)
_LIMIT = re.compile(r"\b(?:limit|threshold)\b", re.I)
_REFERENCE = re.compile(r"\b(?:compared (?:to|with)|against|versus|vs)\b", re.I)
_VALUE_AGAIN = re.compile(
    r"\b(?:at|to|now|currently|reads|shows|stands|reached|reaching|measured)\b|\b(?:than|above|below|over|under)\s+"
    r"(?:\w+\s+)?(?:usual|normal|baseline|limit|expected|average)(?:\s+values?)?\s*[:,]",
    re.I,
)
_SAID_AFTER = re.compile(
    r"\s+(?:(?:is|was|are)\s+)?(?:the\s+|its\s+)?(?:(usual(?:ly)?|normal(?:ly)?|typical(?:ly)?|baseline)|limit)\b",
    re.I,
)
_SCORE = re.compile(r"\b(?:score|peak)\b", re.I)
_CONNECTED = re.compile(r"\s+(?:on|at|of|for|in)\s+(?:the\s+|channel\s+)*", re.I)
_ODD = re.compile(r"[¼-¾⅐-ↈ①-⓿⁰⁴-₉]")
_WORDS = re.compile(
    r"\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|million|half|quarter|twice|thrice|doubled?|doubling|tripled?|"
    r"two-fold|twofold|threefold|tenfold|percent|per cent)\b",
    re.I,
)


class Quote(Struct, frozen=True):
    """A number of a sentence and the fact it quotes; None where there is no such fact."""

    number: Number
    fact: Fact | None


def quotes(sentence: str, facts: Sequence[Fact], asset: str, subject: frozenset[str]) -> list[Quote]:
    """Return the numbers of a sentence with the facts they quote.

    subject : channels the sentences before it spoke of; empty where none did
    """
    blanked = _blanked(sentence, facts, asset)
    named = mentions(sentence, facts)
    found: list[Quote] = []
    start = 0
    for number in numbers(blanked):
        roles = _roles(blanked[start : number.start], number, blanked[number.end :])
        channels = _channels(sentence, number, named, subject)
        fact = next((f for f in facts if _fits(f, number, roles, channels)), None)
        found.append(Quote(number, fact))
        start = number.end
    return found


def number_violations(sentence: str, facts: Sequence[Fact], asset: str, subject: frozenset[str]) -> list[str]:
    """Return what is wrong with the numbers of a sentence."""
    found = [
        f"number: {_said(sentence, quote.number)!r} is no fact there"
        for quote in quotes(sentence, facts, asset, subject)
        if quote.fact is None
    ]
    blanked = _blanked(sentence, facts, asset)
    found += [f"number: {match.group()!r} in words or signs" for match in _WORDS.finditer(blanked)]
    found += [f"number: {match.group()!r} in words or signs" for match in _ODD.finditer(blanked)]
    rest = re.sub(r"\s", "", _without(blanked, numbers(blanked)))
    if re.search(r"\d", rest):
        found.append("name: a name with digits that is not this machine's")
    return found


def _blanked(sentence: str, facts: Sequence[Fact], asset: str) -> str:
    times = {fact.text for fact in facts if fact.role is Role.TIME}
    return blank(sentence, times | {fact.channel for fact in facts if fact.channel} | {asset})


def _roles(gap: str, number: Number, rest: str) -> tuple[Role, ...]:
    """Return what a number may be, by the words right after it, else those since the number before it."""
    elapsed = role_of_unit(number.unit)
    if elapsed is not None:
        return (elapsed,)
    if _SCORE.search(gap) and not number.unit:
        return (Role.SCORE,)
    after = _SAID_AFTER.match(rest)
    if after is not None:
        return (Role.BASELINE if after.group(1) else Role.LIMIT,)
    again = [match.end() for match in _VALUE_AGAIN.finditer(gap)]
    close = gap[again[-1] if again else 0 :]
    found = [(m.start(), role) for role, words in _ROLE_WORDS for m in words.finditer(close)]
    return max(found)[1] if found else (Role.VALUE,)


_ROLE_WORDS: tuple[tuple[tuple[Role, ...], re.Pattern[str]], ...] = (
    ((Role.BASELINE,), _BASELINE),
    ((Role.LIMIT,), _LIMIT),
    ((Role.BASELINE, Role.LIMIT), _REFERENCE),
)


def _channels(
    sentence: str, number: Number, named: list[Mention], subject: frozenset[str]
) -> frozenset[str] | None:
    """Return the channels a number may be of; None where the text has not named any yet."""
    for mention in named:
        if mention.start >= number.end and _CONNECTED.fullmatch(sentence, number.end, mention.start):
            return mention.channels
    before = [mention for mention in named if mention.end <= number.start]
    if before:
        return before[-1].channels
    return subject or None


def _fits(fact: Fact, number: Number, roles: tuple[Role, ...], channels: frozenset[str] | None) -> bool:
    of_channel = not fact.channel or channels is None or fact.channel in channels
    return fact.role in roles and of_channel and number.equals(fact)


def _said(sentence: str, number: Number) -> str:
    return sentence[number.start : number.end].strip()


def _without(text: str, found: list[Number]) -> str:
    for number in found:
        text = text[: number.start] + " " * (number.end - number.start) + text[number.end :]
    return text
