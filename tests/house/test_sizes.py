"""Sizes: a file is one idea, a function one look."""

import ast
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("path", python_files(), ids=name)
def test_a_file_has_at_most_300_lines(path: Path) -> None:
    """Beyond that it holds more than one idea."""
    assert len(path.read_text("utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("path", python_files(), ids=name)
def test_a_function_fits_one_look(path: Path) -> None:
    """Thirty lines, or what the ratchet still allows."""
    for function in functions(path):
        known = f"{name(path)}:{function.name}"
        assert _length(function) <= LONGER.get(known, FUNCTION_LINES), known


def test_the_ratchet_allows_only_what_is_needed() -> None:
    """A function that has become shorter is taken off the list."""
    lengths = {f"{name(path)}:{f.name}": _length(f) for path in python_files() for f in functions(path)}
    assert {key: lengths.get(key) for key in LONGER} == LONGER
