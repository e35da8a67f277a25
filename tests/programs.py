"""Programs that are no Python packages: a test that lacks one is skipped, but never in CI."""

import os
import shutil
from pathlib import Path

import pytest

DEBIAN = {
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "amtool": "prometheus-alertmanager",
    "openssl": "openssl",
    "initdb": "postgresql",
    "postgres": "postgresql",
}
"""Program -> the Debian package it comes in."""

BESIDE = Path("/usr/lib/postgresql")
"""Where Debian keeps PostgreSQL's programs, version by version, and off the PATH."""


def require(program: str) -> str:
    """Return the program's path; without it the test is skipped, or fails where PDM_CI is set."""
    newest = sorted((str(folder) for folder in BESIDE.glob("*/bin")), reverse=True)
    found = shutil.which(program) or shutil.which(program, path=os.pathsep.join(newest))
    if found:
        return found
    told = f"{program} is not installed (Debian package {DEBIAN[program]})"
    if os.environ.get("PDM_CI"):
        pytest.fail(told)
    pytest.skip(told)
