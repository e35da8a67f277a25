"""`@compiled`: Numba without fastmath, cached where no stale kernel can be found.

Numba's own cache looks at the file of a kernel alone: a change in a kernel that it calls would go
unnoticed, and two workers could disagree. Here the place of the cache names all sources at once.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_ROOT = Path(__file__).parents[1]
_KERNELS = ("models", "pdm/chain")
"""Folders with compiled code, relative to where the packages lie."""

_Function = TypeVar("_Function", bound=Callable[..., object])


def fingerprint() -> str:
    """Return a hash of every source that compiled code can come from."""
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in _KERNELS:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_dir() -> Path:
    """Return the folder of this version's kernels, below PDM_CACHE_DIR."""
    base = os.environ.get("PDM_CACHE_DIR") or "~/.cache/pdm-service"
    return Path(base).expanduser() / "kernels" / fingerprint()


def compiled(function: _Function) -> _Function:
    """Compile a kernel: additions stay in their order, and the result is kept on disk."""
    kernel: Any = numba.njit(cache=True, fastmath=False)(function)
    return cast("_Function", kernel)


config: Any = numba.config
config.CACHE_DIR = str(_cache_dir())
