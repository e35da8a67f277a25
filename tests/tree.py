"""The files of the working copy, as the house rules see them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

FOLDERS = ("pdm", "streams", "models", "tests", "bench", "deploy", "docs", ".ci")
PACKAGES = ("pdm", "streams", "models")
GENERATED = {"__pycache__"}
BINARY = {".gif", ".ico", ".npz", ".parquet", ".png", ".woff2"}


def python_files(*folders: str) -> list[Path]:
    """List all Python files below these folders of the project, or below all of them."""
    return [path for path in files(*folders) if path.suffix == ".py"]


def files(*folders: str) -> list[Path]:
    """List all files below these folders, or all of the project with those at its top."""
    found = [path for folder in folders or FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    if not folders:
        found += [path for path in ROOT.iterdir() if path.is_file()]
    return sorted(path for path in found if not GENERATED & set(path.parts))


def text_files() -> list[Path]:
    """List all files that can be read as text."""
    return [path for path in files() if path.suffix not in BINARY]


def name(path: Path) -> str:
    """Return the path as seen from the top of the project."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a Python file, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
