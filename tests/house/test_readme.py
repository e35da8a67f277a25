"""The README's commands are ones that exist."""

import re

from tree import ROOT

from pdm.cli.main import COMMANDS

README = (ROOT / "README.md").read_text("utf-8")


def test_make_targets_exist() -> None:
    """What a reader types first works."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code())))
    assert {"demo", "test"} <= used <= targets


def test_commands_exist() -> None:
    """Each `pdmctl NAME` is in the command line's registry."""
    used = set(re.findall(r"\bpdmctl ([a-z]+)\b", "\n".join(_code())))
    assert used <= set(COMMANDS)


def _code() -> list[str]:
    """Return what stands in blocks of code, fenced or indented, and between back-ticks."""
    return re.findall(r"```.*?```|`[^`\n]+`|^ {4}[^\n]+$", README, re.DOTALL | re.MULTILINE)
