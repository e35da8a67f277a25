"""Words that carry a diagnosis or an order: a text may use only those that its draft has used."""

import re

from pdm.records.advice import Advice

_WEIGHTY_WORDS = """
    pump motor fan blower compressor turbine gearbox conveyor boiler generator engine mixer crusher
    mill exchanger
    bearing seal gasket impeller rotor stator shaft coupling belt gear winding insulation valve
    filter strainer pipe flange hose bolt housing casing cable terminal contactor fuse
    relay breaker sensor transmitter probe lubricant grease oil coolant piston cylinder nozzle blade
    diaphragm brush capacitor inverter transformer tank reservoir chain sprocket screw nut washer
    bushing sleeve cage ball roller packing membrane
    imbalance unbalance misalignment wear worn cavitation clogging clogged blockage blocked leak
    leaking leakage overheating overheated corrosion corroded erosion fatigue crack cracked fracture
    broken burnt bent looseness loose resonance contamination contaminated spalling seizure seized
    jammed short-circuit overload overloaded underload surge hammer scaling fouling fouled deposits
    sabotage vandalism defect defective explosion fire smoke
    replace replacing replacement exchange swap rebuild overhaul repair fix fixed fixing weld drill
    grind drain flush purge refill paint tighten loosen torque remove removing removal dismantle
    disassemble disconnect unplug isolate bypass jumper override disable silence mute acknowledge
    shelve suppress shut shutdown halt restart reboot reset trip evacuate lubricate regrease balance
    align realign clean wash calibrate adjust retune throttle install reinstall upgrade notify
    operator mechanic electrician technician analyst planner contractor vendor manufacturer supplier
    manager
"""
"""Machines, parts, failures, work and people."""

_ORDERS = """
    increase raise lower reduce start stop open close order turn switch run keep set change wait
    operate use speed slow
"""
"""Verbs that are everyday words, but orders where somebody is told to."""

_TOLD = re.compile(
    r"(?:^|[,:;]\s*|\b(?:please|should|must|shall|can|may|could|to|then|and|or|you|now|just|simply)\s+)"
    rf"({'|'.join(_ORDERS.split())})\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][a-z]+(?:-[a-z]+)*")
_IRREGULAR = {"worn": "wear", "broken": "break", "shut": "shutdown"}
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ages",
    "age",
    "ated",
    "ies",
    "ed",
    "es",
    "s",
    "e",
)


def vocabulary(advice: Advice) -> set[str]:
    """Return the stems of all words that a draft, its hypotheses and its actions use."""
    texts = [advice.text, *advice.facts, advice.asset]
    texts += [text for one in advice.hypotheses for text in (one.title, one.check)]
    texts += [text for one in advice.actions for text in (one.text, one.skill, *one.tools)]
    return _stems(" ".join(texts))


def vocabulary_violations(sentence: str, known: set[str]) -> list[str]:
    """Return weighty words and orders of a sentence that the draft does not know."""
    used = (_stems(sentence) & _WEIGHTY) | {_stem(found.group(1)) for found in _TOLD.finditer(sentence)}
    return [f"vocabulary: {word!r} is not in the draft" for word in sorted(used - known)]


def _stem(word: str) -> str:
    """Return a word without its commonest endings: `valve` for valves, `clean` for cleaning."""
    word = _IRREGULAR.get(word.lower(), word.lower())
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if ending == "s" else 4):
            return word[: -len(ending)]
    return word


def _stems(text: str) -> set[str]:
    words = _WORD.findall(text)
    return {_stem(part) for word in words for part in (word, *word.split("-")) if part}


_WEIGHTY = {_stem(word) for word in _WEIGHTY_WORDS.split()}
