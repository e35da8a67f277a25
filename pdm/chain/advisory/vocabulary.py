"""The words of a text: those of its draft, and neutral ones that connect them."""

import re
from collections.abc import Iterable

from pdm.chain.advisory.glue import GLUE
from pdm.chain.advisory.sentences import sentences
from pdm.records.advice import Advice

_TOLD = re.compile(
    r"(?:^|[:;]\s*|\b(?:please|should|must|shall|can|may|could|then|you|now|simply|to)\s+)"
    r"(increase|raise|lower|reduce|start|stop|open|close|order|turn|switch|run|keep|set|change|wait|operate|use|drop|"
    r"move|load)\b(?!\s+(?:in|of|is|at|has)\b)",
    re.IGNORECASE,
)
"""Verbs that are neutral where they tell what readings do, and orders where somebody is told to."""

_WORD = re.compile(r"[^\W\d_]{2,}(?:['\u2019-][^\W\d_]+)*")
_ENDINGS = ("ation", "ment", "ing", "age", "ated", "ie", "ed", "e", "y")
_IRREGULAR = {"worn": "wear"}


def vocabulary(advice: Advice, names: Iterable[str], *, asking: bool) -> set[str]:
    """Return the stems of the words that a sentence of a wording may use.

    names  : of channels and quantities, which may be spoken of in their parts
    asking : whether it is a question; in a statement the words of the draft's questions would
             become findings that nobody has made
    """
    texts = [advice.text, *advice.facts, advice.asset, *names]
    texts += [text for one in advice.hypotheses for text in (one.title, one.check, *one.supporting)]
    texts += [text for one in advice.actions for text in (one.text, one.skill, *one.tools)]
    said = (part for text in texts for part in sentences(text) if asking or not part.endswith("?"))
    return _stems(" ".join(said)) | _NEUTRAL


def vocabulary_violations(sentence: str, known: set[str]) -> list[str]:
    """Return the words of a sentence that are neither the draft's nor neutral, and orders it adds."""
    words = [word for word in _WORD.findall(sentence) if not _is_known(word, known)]
    told = {_stem(found.group(1)) for found in _TOLD.finditer(sentence)}
    words += sorted(told - (known - _NEUTRAL))
    return [f"vocabulary: {word!r} is not a word of the draft" for word in dict.fromkeys(words)]


def _is_known(word: str, known: set[str]) -> bool:
    return _stem(word) in known or all(_stem(part) in known for part in re.split(r"['\u2019-]", word))


def _stem(word: str) -> str:
    """Return a word without its commonest endings: `valv` for valves, `clean` for cleaning."""
    word = word.lower()
    word = _IRREGULAR.get(word, word)
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _stems(text: str) -> set[str]:
    words = _WORD.findall(text)
    return {_stem(part) for word in words for part in (word, *re.split(r"['\u2019-]", word))}


_NEUTRAL = {_stem(word) for word in GLUE.split()}
