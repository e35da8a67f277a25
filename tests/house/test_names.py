"""Names: what we import as ours is ours, and no module's name is a drawer for anything."""

import sys
from importlib.metadata import packages_distributions

from tree import PACKAGES, name, python_files

DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools", "lib"}


def test_our_import_names_belong_to_this_distribution_alone() -> None:
    """Another package that owns `pdm` would overwrite our files, or be overwritten by them."""
    owners = packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, [])) == {"pdm-service"}, package


def test_no_module_is_a_drawer() -> None:
    """A module called `utils` says nothing of what is inside."""
    assert [name(path) for path in python_files() if path.stem in DRAWERS] == []


def test_no_module_hides_one_of_the_standard_library() -> None:
    """At the top of a package a module called like a standard one confuses readers and tools alike."""
    tops = [path for package in PACKAGES for path in python_files(package)]
    hidden = [name(path) for path in tops if path.stem in sys.stdlib_module_names and path.stem[0] != "_"]
    assert hidden == []
