"""Rows of a structured array that another version wrote, as rows of the array there is now."""

from ast import literal_eval
from typing import Any

import numpy as np
from numpy.typing import NDArray


class LayoutError(ValueError):
    """A field has changed its type: nobody can say what its values mean now."""


def adopted(content: bytes, written: str, wanted: np.dtype[np.void]) -> NDArray[np.void]:
    """Read rows and map their fields by name.

    content : rows as bytes; written : `str(dtype.descr)` of the array they come from
    returns rows of `wanted`; a field they do not have is zero, one that is no longer wanted is dropped
    raises LayoutError where a field of both has another type or shape
    """
    if written == str(wanted.descr):
        return np.frombuffer(content, wanted)
    fields = _fields(written)
    names = {field[0] for field in fields if field[0]}
    padded = [(field[0] or f"padding {place}", *field[1:]) for place, field in enumerate(fields)]
    rows = np.frombuffer(content, np.dtype(padded))
    taken = np.zeros(len(rows), wanted)
    for name in wanted.names or ():
        if name in names:
            if rows.dtype[name] != wanted[name]:
                raise LayoutError(f"field {name} was {rows.dtype[name]} and is now {wanted[name]}")
            taken[name] = rows[name]
    return taken


def _fields(written: str) -> list[Any]:
    """Read a description of fields: (name, type) or (name, type, shape), nameless where it is padding."""
    try:
        found = literal_eval(written)
        np.dtype([(field[0] or f"padding {place}", *field[1:]) for place, field in enumerate(found)])
    except (ValueError, SyntaxError, TypeError) as error:
        raise LayoutError(f"its fields cannot be read: {written:.80}") from error
    return list(found)
