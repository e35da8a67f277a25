"""A text as sentences, and what each speaks of: channels, quantities, numbers with their units."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from pdm.chain.advisory.facts import Fact, Role
from pdm.errors import RefusedError
from pdm.records.reading import Quantity
from pdm.units import spelt, to_si

_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_NUMBER = re.compile(r"(?<![\w.])[-+\u2212]?\d+(?:[.,\u2019']\d+)*(?:[eE][-+\u2212]?\d+)?")
_UNIT = re.compile(r"\s?([^\s,;:()?!]*)")
_AMBIGUOUS = r"(?! (?:value|reading|level|state|alarm|score|condition|deviation|event|vibration|temperature))"
_DURATIONS = {"s", "min", "h", "days", "minutes", "hours", "seconds"}


class Mention(Struct, frozen=True):
    """A channel or a quantity that a sentence names; no channels where the evidence has none of it."""

    start: int
    end: int
    channels: frozenset[str]
    named: bool


class Number(Struct, frozen=True):
    """A number in a sentence, its unit as `spelt` writes it ("" for none), and where it stands."""

    start: int
    end: int
    text: str
    unit: str

    def equals(self, fact: Fact) -> bool:
        """Tell whether this is the number of a fact, in its unit."""
        try:
            same = Decimal(self.text.replace("\u2212", "-")) == Decimal(fact.text)
        except InvalidOperation:
            return False
        return same and self.unit == spelt(fact.unit)


def sentences(text: str) -> list[str]:
    """Split a text where sentences end; decimals and names stay whole."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def plain(sentence: str) -> str:
    """Return a sentence as it is compared: case, spaces and its last point do not count."""
    return " ".join(sentence.split()).rstrip(".").casefold()


def blank(sentence: str, names: Iterable[str]) -> str:
    """Return the sentence with whole names and instants replaced by as many spaces."""
    for name in sorted(names, key=len, reverse=True):
        whole = rf"(?<![\w-]){re.escape(name)}(?![\w-])(?!\.\w)"
        sentence = re.sub(whole, lambda found: " " * len(found.group()), sentence)
    return sentence


def numbers(blanked: str) -> list[Number]:
    """Return the numbers of a sentence of which the names are blank."""
    found: list[Number] = []
    for match in _NUMBER.finditer(blanked):
        if found and match.start() < found[-1].end:
            continue  # It is part of a unit such as 1/min.
        unit = _UNIT.match(blanked, match.end())
        word = unit.group(1).rstrip(".") if unit else ""
        end = unit.end() if unit and _is_unit(word) else match.end()
        found.append(Number(match.start(), end, match.group(), spelt(word) if _is_unit(word) else ""))
    return found


def mentions(sentence: str, facts: Iterable[Fact]) -> list[Mention]:
    """Return what a sentence names, in its order."""
    quantities: dict[str, set[str]] = {quantity.value: set() for quantity in Quantity}
    for fact in facts:
        if fact.channel:
            quantities.setdefault(fact.quantity, set()).add(fact.channel)
    found = []
    for quantity, channels in quantities.items():
        word = rf"(?<![\w-])(?:{_SYNONYMS.get(quantity, quantity)})s?(?![\w-]){_AMBIGUOUS}"
        spans = (match.span() for match in re.finditer(word, sentence, re.IGNORECASE))
        if channels or quantity not in _EVERYDAY:
            found += [Mention(*span, frozenset(channels), named=False) for span in spans]
        for channel in channels:
            whole = rf"(?<![\w-]){re.escape(channel)}(?![\w-])(?!\.\w)"
            spans = (match.span() for match in re.finditer(whole, sentence))
            found += [Mention(*span, frozenset([channel]), named=True) for span in spans]
    everything = frozenset(fact.channel for fact in facts if fact.channel)
    found += [Mention(*match.span(), everything, named=False) for match in _ALL.finditer(sentence)]
    found.sort(key=lambda mention: (mention.start, not mention.named))
    return [
        mention for n, mention in enumerate(found) if not (n and _repeats(mention, found[n - 1], sentence))
    ]


def role_of_unit(unit: str) -> Role | None:
    """Return the role that a unit alone decides: a duration; None for all others."""
    return Role.ELAPSED if unit in _DURATIONS else None


_SYNONYMS = {"vibration": "vibration|velocity|velocitie|acceleration|displacement"}
_ALL = re.compile(
    r"\b(?:all|both|every|each)\s+(?:of\s+)?(?:the\s+|its\s+|these\s+)?(?:readings?|values?|channels?|signals?)\b",
    re.IGNORECASE,
)
_EVERYDAY = {"load", "level", "power", "position", "process"}
"""Words that mean something else as often as the quantity: only the evidence makes them one."""


def _repeats(mention: Mention, before: Mention, sentence: str) -> bool:
    """Tell whether a quantity only says once more what the channel named before it measures."""
    between = sentence[before.end : mention.start]
    near = mention.start < before.end or not re.search(r"[\d,]|\band\b|\bbut\b|\bwhile\b", between)
    return before.named and not mention.named and before.channels <= mention.channels and near


def _is_unit(word: str) -> bool:
    if word in _DURATIONS:
        return True
    if not word or word.lower() == "in":
        return False
    try:
        to_si(Quantity.PROCESS, word)
    except RefusedError:
        return word.startswith(("%", "°", "‰"))
    return True
