"""Warming up runs every kernel that a worker runs."""

from typing import Any

from pdm.chain.detection import scan
from pdm.chain.manipulation import eating, saving
from pdm.chain.warm import SECONDS, warm


def test_every_kernel_of_a_worker_is_compiled() -> None:
    """All frames were judged, and each kernel has a compiled version."""
    assert warm() == SECONDS
    kernels: tuple[Any, ...] = (eating.eat, saving._measure, saving._copy, saving._refill, scan.scan)
    assert all(kernel.signatures for kernel in kernels)
