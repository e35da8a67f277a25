"""Programs that are no Python packages: a test that lacks one is skipped, but never in CI."""

import os

import pytest

from bench.postgresql import program as find

DEBIAN = {
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "amtool": "prometheus-alertmanager",
    "openssl": "openssl",
    "initdb": "postgresql",
    "postgres": "postgresql",
}
"""Program -> the Debian package it comes in."""


def require(program: str) -> str:
    """Return the program's path; without it the test is skipped, or fails where PDM_CI is set."""
    found = find(program)
    if found:
        return found
    told = f"{program} is not installed (Debian package {DEBIAN[program]})"
    if os.environ.get("PDM_CI"):
        pytest.fail(told)
    pytest.skip(told)
