"""Dependencies: each has its reason written down, and all are pinned with hashes."""

import re
import tomllib

from tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _reasons(section: str) -> dict[str, str]:
    """Read package -> reason from one section of the page."""
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    text = page.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9._-]+) \| (.+) \|$", text, re.MULTILINE)
    return {package: reason for package, reason in rows if package != "package"}


def test_every_dependency_has_its_reason() -> None:
    """And every reason its dependency."""
    assert list(_reasons("At run time")) == [_name(requirement) for requirement in RUNTIME]
    assert list(_reasons("For development")) == [_name(requirement) for requirement in DEVELOPMENT]


def test_the_lock_pins_every_dependency_with_a_hash() -> None:
    """What `make setup` installs is what was tested."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8"))
    pinned = {_name(entry): entry for entry in entries if not entry.startswith("#")}
    for requirement in [*RUNTIME, *DEVELOPMENT, *PROJECT["build-system"]["requires"]]:
        assert "==" in pinned[_name(requirement)], requirement
    assert [name for name, entry in pinned.items() if "--hash=sha256:" not in entry] == []
