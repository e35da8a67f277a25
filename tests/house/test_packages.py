"""Packages: a folder's `__init__.py` says what it is, and does nothing; tests are no package at all."""

import ast
from pathlib import Path

import pytest
from tree import PACKAGES, ROOT, name, python_files

INITS = [path for path in python_files(*PACKAGES) if path.name == "__init__.py"]


def test_every_init_says_what_its_package_is() -> None:
    """In the first line of its docstring."""
    assert [name(path) for path in INITS if not ast.get_docstring(_module(path))] == []


def test_an_init_holds_names_only() -> None:
    """A docstring, re-exported names and `__all__`; code there would run at any import."""
    code = [
        f"{name(path)}: {ast.unparse(statement)}"
        for path in INITS
        for statement in _module(path).body[1:]
        if not isinstance(statement, ast.ImportFrom) and not _is_all(statement)
    ]
    assert code == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_modules_is_a_package(package: str) -> None:
    """Without `__init__.py` the folder would be left out of an installed distribution."""
    folders = {path.parent for path in python_files(package)}
    assert [name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_test_folder_is_a_package() -> None:
    """`tests/models/__init__.py` would hide the package `models`."""
    assert [name(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def _module(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _is_all(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
