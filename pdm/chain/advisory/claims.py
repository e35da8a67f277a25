"""What no wording may say: work as done, orders to the reader's machine, certainty, all-clears, markup."""

import re
import unicodedata


def _any(phrases: str) -> str:
    """Return the pattern of any of the phrases, which semicolons part, as whole words."""
    return rf"\b(?:{'|'.join(one.strip() for one in ' '.join(phrases.split()).split(';'))})\b"


_DONE = _any("""
    replaced; exchanged; swapped; fixed; repaired; cleaned; lubricated; greased; tightened; aligned;
    balanced; adjusted; resolved; rectified; completed; carried out; performed; done; serviced;
    overhauled; reset; inspected; checked; verified; ordered; scheduled; dispatched; notified;
    informed; installed; removed; shut down; stopped; restarted; corrected; addressed; taken care of
""")
_INSTRUCTION = _any(r"""
    ignore; disregard; forget; previous instructions?; system prompt; as an ai; language model;
    assistant; you are now; pretend; developer mode; jailbreak; role ?play; prompt; password; api key;
    token; execute; sudo; click; download; e-?mail; call [+]?\d; transfer; wire; bank; reply with;
    respond with; say exactly
""")
_CERTAINTY = _any("""
    definitely; certainly; certain; undoubtedly; confirmed; proven; proves?; guaranteed?; surely;
    for sure; obviously; clearly (?!above|below|higher|lower|elevated|over|under|more|less|up|down)\\w+;
    will (?:fail|break|stop|seize|trip|happen|occur|be); is going to;
    always; diagnosis is; root cause is
""")
_ALL_CLEAR = _any(r"""
    harmless; safe(?:ly)?; healthy; stable; acceptable; negligible; unchanged; steady; fine; okay; ok;
    false alarm; within (?:its |the |all |normal )*(?:limits?|range|tolerances?); returned to;
    recovered; (?:is|are|looks?|seems?|remains?|was|were|back to|still) (?:\w+ )?normal(?! value);
    (?:it|they|readings?|values?|channels?|vibration|temperature|pressure|flow|machine)
    (?:is|are|was|were|looks?|seems?) (?:\w+ )?(?:usual|typical|average|expected)(?! of);
    minor; cosmetic; nuisance; can wait; hurry; rush; optional; whenever; convenient; later;
    keep running; continue (?:running|operating)
""")
_NEGATION = _any(r"""
    not; no; never; without; none; neither; nor; nothing; nobody; cannot; hardly; barely; unlikely;
    rather than; instead of; except; rules? out; ruled out; excludes?; fails? to; lacks?; absence;
    absent; \w+n['\u2019]t
""")
_TIME = _any(r"""
    yesterday; tomorrow; today; tonight; last (?:night|week|month|year|shift|time);
    next (?:day|week|month|year); weeks?; months?; years?; weekend; monday; tuesday; wednesday;
    thursday; friday; saturday; sunday; (?:within|in|for|few|several|some|many|couple of)
    (?:seconds|minutes|hours|days); imminent(?:ly)?; soon; immediately; urgent(?:ly)?; at once;
    right away; asap; remaining life; lifetime; recently; for a long time
""")
_WORK_DONE = (
    r"\b(?:has|have|had|was|were|is|are|been|being|already|now|just|got|we|i|team|crew)\s+(?:\w+\s+){0,2}?"
    rf"{_DONE}|{_DONE}\s+(?:already|earlier|successfully|last|by (?:the|our|a))\b"
    r"|\b(?:we|i)(?:'ve|\s+ha(?:ve|d)|\s+did)\b"
    r"|\bafter (?:the )?(?:repair|replacement|cleaning|maintenance)\b"
)
_LINK = r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|cn|de|ru)\b|\S@\S|file:|javascript:"
_MARKUP = r"[<>{}`*#|\\\[\]~^_=$]|&\w+;"
_OTHER_MACHINE = (
    r"\b(?:[Nn]eighbou?r(?:ing)?|adjacent|sister|twin|other|another|second|standby|spare)\s+"
    r"(?:machines?|pumps?|motors?|fans?|units?|assets?)\b"
    r"|\b(?:[Pp]ump|[Mm]otor|[Ff]an|[Uu]nit|[Mm]achine|[Ll]ine)[ -][A-Z]\b"
)

_FORBIDDEN = {
    "work done": re.compile(_WORK_DONE, re.IGNORECASE),
    "instruction": re.compile(_INSTRUCTION, re.IGNORECASE),
    "link": re.compile(_LINK, re.IGNORECASE),
    "markup": re.compile(_MARKUP),
    "certainty": re.compile(_CERTAINTY, re.IGNORECASE),
    "all-clear": re.compile(_ALL_CLEAR, re.IGNORECASE),
    "negation": re.compile(_NEGATION, re.IGNORECASE),
    "time": re.compile(_TIME, re.IGNORECASE),
    "other machine": re.compile(_OTHER_MACHINE),
}
_PUNCTUATION = frozenset("\u00b0\u00b5\u00b2\u00b3\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2212")


def claim_violations(sentence: str) -> list[str]:
    """Return what a sentence says that no wording may say."""
    found = [(name, words.search(sentence)) for name, words in _FORBIDDEN.items()]
    return [f"{name}: {match.group().strip()!r}" for name, match in found if match is not None]


def character_violations(text: str) -> list[str]:
    """Return characters that are no part of plain prose: controls, invisible ones, other scripts."""
    odd = sorted({c for c in text if not _plain(c)})
    return [f"character: {' '.join(f'U+{ord(c):04X}' for c in odd[:5])}"] if odd else []


def _plain(character: str) -> bool:
    if character.isascii():
        return character.isprintable() or character == "\n"
    if character in _PUNCTUATION:
        return True
    return unicodedata.category(character) in {"Ll", "Lu"} and "LATIN" in unicodedata.name(character, "")
