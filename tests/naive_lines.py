"""A slow and obvious reading of line protocol, letter by letter: the oracle for the quick one."""

import re

SPECIAL = {"measurement": ", ", "name": ",= "}


def naive_line(text: str) -> tuple[str, dict[str, str], dict[str, object], int | None] | None:
    """Take one line apart; None where it is no line protocol."""
    try:
        measurement, rest = _word(text, "measurement", ", ")
        tags, rest = _tags(rest)
        _need(bool(measurement) and rest.startswith(" "))
        fields, rest = _fields("," + rest.lstrip(" "))
        _need(not rest or rest.startswith(" "))
        stamp = rest.strip(" ")
        _need(not stamp or bool(re.fullmatch(r"-?[0-9]{1,30}", stamp)))
    except ValueError:
        return None
    return measurement, tags, fields, int(stamp) if stamp else None


def _need(good: bool) -> None:
    if not good:
        raise ValueError


def _tags(rest: str) -> tuple[dict[str, str], str]:
    """Read tags, each after its comma."""
    tags: dict[str, str] = {}
    while rest.startswith(","):
        name, rest = _word(rest[1:], "name", ",= ")
        _need(bool(name) and name not in tags and rest.startswith("="))
        tags[name], rest = _word(rest[1:], "name", ",= ")
        _need(bool(tags[name]))
    return tags, rest


def _fields(rest: str) -> tuple[dict[str, object], str]:
    """Read fields, each after its comma."""
    fields: dict[str, object] = {}
    while rest.startswith(","):
        name, rest = _word(rest[1:], "name", ",= ")
        _need(bool(name) and rest.startswith("="))
        text, rest = _value(rest[1:])
        fields[name] = _meant(text)
        _need(fields[name] is not None)
    return fields, rest


def _word(text: str, kind: str, ends: str) -> tuple[str, str]:
    """Read up to a letter that ends the word, and take the escapes out."""
    found, at = "", 0
    while at < len(text) and text[at] not in ends:
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in SPECIAL[kind]:
            at += 1
        found += text[at]
        at += 1
    return found, text[at:]


def _value(text: str) -> tuple[str, str]:
    """Read a value with its quotes, if it has any."""
    if not text.startswith('"'):
        end = next((i for i, letter in enumerate(text) if letter in ', "'), len(text))
        return text[:end], text[end:]
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return text[: at + 1], text[at + 1 :]


def _meant(text: str) -> object:
    """Say what a value means; None where it means nothing."""
    if text.startswith('"'):
        closed = len(text) > 1 and text.endswith('"')
        return text[1:-1].replace('\\"', '"') if closed and _closed(text) else None
    if text in {"t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"}:
        return text[0] in "tT"
    for pattern in (r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", r"-?[0-9]+i", r"[0-9]+u"):
        if re.fullmatch(pattern, text):
            number = text.rstrip("iu")
            whole = number != text
            if whole and not -(2**63) <= int(number) < (2**64 if text.endswith("u") else 2**63):
                return None
            return float(number)
    return None


def _closed(text: str) -> bool:
    """Say whether the last quote is one that ends the text, and not an escaped one."""
    at = 1
    while at < len(text) - 1:
        at += 2 if text[at] == "\\" else 1
    return at == len(text) - 1
