"""A result: the figures of one benchmark, with what is needed to measure them again."""

import time
from pathlib import Path
from typing import Any

import msgspec

from bench.machine import commit, machine

RESULTS = Path(__file__).parent / "results"


def result(name: str, seed: int, figures: Any) -> dict[str, Any]:
    """Put the headline figures on top, and beside them where they come from."""
    return {
        "id": name,
        **msgspec.to_builtins(figures),
        "seed": seed,
        "commit": commit(),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": msgspec.to_builtins(machine()),
    }


def keep(content: dict[str, Any], path: Path) -> None:
    """Write a result where it can be committed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
