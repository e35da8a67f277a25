"""The checks that a wording must pass; one violation and the draft stands."""

from collections.abc import Sequence

from pdm.chain.advisory.causality import causality_violations
from pdm.chain.advisory.claims import character_violations, claim_violations
from pdm.chain.advisory.facts import Fact, Role
from pdm.chain.advisory.hypotheses import NONE_ID
from pdm.chain.advisory.quotes import number_violations
from pdm.chain.advisory.relations import relation_violations
from pdm.chain.advisory.sentences import blank, mentions, plain, sentences
from pdm.chain.advisory.urgency import PHRASES
from pdm.chain.advisory.vocabulary import vocabulary, vocabulary_violations
from pdm.records.advice import Advice

LONGEST = 1600
"""Characters; a longer text is not read on a phone, nor by these checks."""
NONE_PHRASE = "none of the known failure modes"


def check(text: str, facts: Sequence[Fact], advice: Advice) -> tuple[str, ...]:
    """Return what is wrong with a wording of `advice`, each as "kind: what"; empty if it may be published.

    A sentence that the draft has word for word is right by itself. In any other one numbers must be
    facts of their channel, role and unit, comparisons are computed again, and words that carry a
    diagnosis or an order must be the draft's.
    facts : from `facts(event)`; advice : the draft
    """
    if not text.strip():
        return ("empty: there is no text",)
    if len(text) > LONGEST:
        return (f"too long: {len(text)} characters, at most {LONGEST}",)
    found = [*character_violations(text), *_missing(text, advice)]
    drafted = _drafted(advice)
    subject: frozenset[str] = frozenset()
    for sentence in sentences(text):
        if plain(sentence) not in drafted:
            found += _sentence_violations(sentence, facts, advice, subject)
        named = mentions(sentence, facts)
        subject = named[-1].channels if named else subject
    return tuple(dict.fromkeys(found))


def _drafted(advice: Advice) -> set[str]:
    """Return the sentences that code has written: the draft's, its facts, questions and actions."""
    asks = [one.check for one in advice.hypotheses]
    texts = (advice.text, *advice.facts, *asks, *(one.text for one in advice.actions))
    return {plain(part) for text in texts for part in sentences(text)}


def _sentence_violations(
    sentence: str, facts: Sequence[Fact], advice: Advice, subject: frozenset[str]
) -> list[str]:
    times = [fact.text for fact in facts if fact.role is Role.TIME]
    channels = [fact.channel for fact in facts if fact.channel]
    words = blank(sentence, [*times, *channels, advice.asset])
    if advice.hypotheses[0].failure_mode == NONE_ID:
        words = words.replace(NONE_PHRASE, "")
    names = {name for fact in facts for name in (fact.channel, fact.quantity)}
    known = vocabulary(advice, names, asking=sentence.endswith("?"))
    titles = [one.title for one in advice.hypotheses if one.failure_mode != NONE_ID]
    return [
        *number_violations(sentence, facts, advice.asset, subject),
        *relation_violations(sentence, facts, advice.asset, subject),
        *claim_violations(words),
        *vocabulary_violations(words, known),
        *causality_violations(sentence, titles),
    ]


def _missing(text: str, advice: Advice) -> list[str]:
    """Return what a wording must say and does not: the machine, how soon, and the best match first."""
    found = []
    if blank(text, [advice.asset]) == text:
        found.append(f"missing: the machine {advice.asset}")
    if PHRASES[advice.urgency].casefold() not in text.casefold():
        found.append(f"missing: {PHRASES[advice.urgency]!r}")
    others = [phrase for level, phrase in PHRASES.items() if level is not advice.urgency]
    found += [f"urgency: {one!r} is not the draft's" for one in others if one.casefold() in text.casefold()]
    return found + _ranking(text.casefold(), advice)


def _ranking(text: str, advice: Advice) -> list[str]:
    best = advice.hypotheses[0]
    title = NONE_PHRASE if best.failure_mode == NONE_ID else best.title.casefold()
    if title not in text:
        return [f"missing: {title!r}"]
    others = [one.title.casefold() for one in advice.hypotheses[1:] if one.failure_mode != NONE_ID]
    early = [other for other in others if -1 < text.find(other) < text.find(title)]
    return [f"ranking: {other!r} comes before the best match" for other in early]
