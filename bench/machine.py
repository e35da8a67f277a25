"""What machine a figure was measured on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

PACKAGES = ("faust-streaming", "aiokafka", "numpy", "numba", "msgspec", "scikit-learn", "statsmodels")
_CPUINFO = Path("/proc/cpuinfo")


class Machine(Struct, frozen=True):
    """The machine and the versions that decide what a figure can be."""

    cpu: str
    cores: int
    system: str
    python: str
    packages: dict[str, str]


def machine() -> Machine:
    """Describe this machine."""
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: version(name) for name in PACKAGES},
    )


def commit() -> str:
    """Name the commit that was measured, with a plus where the working copy differs from it."""
    root = Path(__file__).parents[1]
    said = [
        subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607
        for words in (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
    ]
    return said[0] + ("+" if said[1] else "")


def _cpu() -> str:
    if _CPUINFO.exists():
        for line in _CPUINFO.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
