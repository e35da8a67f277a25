"""Traces: the tree holds nothing of the machine it was written on, and no registry's address."""

import re
from pathlib import Path

import pytest
from tree import name, text_files

FOREIGN = re.compile(
    "|".join(
        [
            r"(?<![\w.$}~-])/(?:wor" + r"k|ro" + r"ot|ho" + r"me|tm" + r"p/lab)(?:/|\b)(?!-)",
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"repo1?\.maven\." + "(?:org|apache)",
            r"repo\.maven\.apache\." + "org",
            r"registry\.npmjs\." + "org",
        ]
    )
)


@pytest.mark.parametrize("path", text_files(), ids=name)
def test_a_file_names_no_path_of_a_machine_and_no_registry(path: Path) -> None:
    """Whoever has a mirror configures it; whoever has another home has other paths."""
    lines = path.read_text("utf-8").splitlines()
    assert [f"{number}: {line}" for number, line in enumerate(lines, 1) if FOREIGN.search(line)] == []
