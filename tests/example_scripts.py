"""The scripts of docs/examples as modules: their folder is no package, so they are loaded by path."""

import importlib.util
from types import ModuleType

from tree import ROOT


def example(name: str) -> ModuleType:
    """Import docs/examples/NAME.py."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "examples" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
