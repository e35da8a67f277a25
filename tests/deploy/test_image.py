"""The image: what it is built from exists, is pinned, and runs without rights."""

import re
from importlib.util import find_spec

from tree import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_everything_it_copies_exists_and_is_sent_to_the_engine() -> None:
    """`.dockerignore` keeps all out but what is named there."""
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert copied == sent
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_modules_it_runs_exist() -> None:
    """What the build calls by name is there."""
    modules = re.findall(r"python -m (pdm[\w.]*)", DOCKERFILE)
    assert modules
    assert [module for module in modules if find_spec(module) is None] == []


def test_it_runs_as_nobody_in_particular() -> None:
    """Not as root, from a pinned base."""
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["pdm"]
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert all(re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", base) for base in bases)


def test_its_lock_is_a_part_of_the_whole_lock() -> None:
    """The image runs what was tested, without the tools of development."""
    whole = set(_entries("requirements.lock"))
    image = set(_entries("deploy/requirements.lock"))
    assert image < whole
    assert "pytest" not in {entry.split("==")[0] for entry in image}


def _entries(path: str) -> list[str]:
    return re.split(r"\n(?=\S)", (ROOT / path).read_text("utf-8").strip())
