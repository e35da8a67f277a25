"""Programs that are no Python packages: a test that lacks one is skipped, but never in CI."""

import os
import shutil

import pytest

DEBIAN = {
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "amtool": "prometheus-alertmanager",
    "openssl": "openssl",
}
"""Program -> the Debian package it comes in."""


def require(program: str) -> str:
    """Return the program's path; without it the test is skipped, or fails where PDM_CI is set."""
    found = shutil.which(program)
    if found:
        return found
    told = f"{program} is not installed (Debian package {DEBIAN[program]})"
    if os.environ.get("PDM_CI"):
        pytest.fail(told)
    pytest.skip(told)
