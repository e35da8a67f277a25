"""What a process imports when it starts: what only fitting needs is left where it is."""

import subprocess
import sys

import pytest

FITTING = {"sklearn", "pandas", "statsmodels"}
STARTS = (
    "streams.align",
    "streams.monitor",
    "streams.advisor",
    "streams.recorder",
    "pdm.gateway.app",
    "pdm.cli.gateway",
    "pdm.cli.workers",
    "pdm.cli.up",
    "pdm.cli.events",
    "pdm.cli.replay",
)


@pytest.mark.parametrize("module", STARTS)
def test_no_process_waits_for_what_only_fitting_needs(module: str) -> None:
    """Seconds of start and a hundred megabytes in each worker, for functions it never calls."""
    code = f"import sys, {module}; print(sorted({FITTING!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
