"""Traces: the tree holds nothing of the machine it was written on, and no registry's address."""

import re

from tree import name, text_files

FOREIGN = re.compile(
    "|".join(
        [
            r"(?<![\w.$}~/-])/(?:wor" + r"k|ro" + r"ot|ho" + r"me|tm" + r"p/lab)(?:/|\b)(?!-)",
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"repo1?\.maven\." + "(?:org|apache)",
            r"repo\.maven\.apache\." + "org",
            r"registry\.npmjs\." + "org",
        ]
    )
)


def test_no_file_names_a_path_of_a_machine_or_a_registry() -> None:
    """Whoever has a mirror configures it; whoever has another home has other paths."""
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in text_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert found == []
