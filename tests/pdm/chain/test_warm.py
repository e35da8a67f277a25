"""Warming up runs every kernel that a worker runs."""

from typing import Any

from pdm.chain.detection import scan
from pdm.chain.manipulation import eating, saving
from pdm.chain.warm import SECONDS, warm_align, warm_step


def test_every_kernel_of_align_is_compiled() -> None:
    """All frames were closed, and each kernel has a compiled version."""
    assert warm_align() == SECONDS
    kernels: tuple[Any, ...] = (
        eating.eat,
        saving._measure,
        saving._copy,
        saving._refill,
    )
    assert all(kernel.signatures for kernel in kernels)


def test_every_kernel_of_step_is_compiled() -> None:
    """All frames were judged, and the kernel has a compiled version."""
    assert warm_step() == SECONDS
    kernel: Any = scan.scan
    assert kernel.signatures
