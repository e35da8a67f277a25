"""Sizes: a file is one idea, a function one look."""

import ast

from tree import functions, name, python_files

FILE_LINES = 300
FUNCTION_LINES = 30
LONGER: dict[str, int] = {}
"""Functions that are longer still, with the length they must not pass again; only ever made smaller."""


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of code of a function: its docstring explains, and is not counted."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def test_a_file_has_at_most_300_lines() -> None:
    """Beyond that it holds more than one idea."""
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_a_function_fits_one_look() -> None:
    """Thirty lines, or exactly what the ratchet still allows: one that became shorter leaves the list."""
    lengths = {f"{name(path)}:{f.name}": _length(f) for path in python_files() for f in functions(path)}
    assert {function: lines for function, lines in lengths.items() if lines > FUNCTION_LINES} == LONGER
