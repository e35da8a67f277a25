"""The novelty detector on the Numenta Anomaly Benchmark, thresholds from the other categories."""

import os
from pathlib import Path
from typing import Any

import click
import msgspec

from bench.progress import say
from models import novelty
from pdm.evaluate.nab import nab


def run(seed: int = 7) -> dict[str, Any]:  # noqa: ARG001 - the random row is always the same
    """Score the files in the folder nab below PDM_DATA; the detections themselves are left out."""
    home = os.environ.get("PDM_DATA")
    if not home or not (Path(home) / "nab").is_dir():
        raise click.ClickException("set PDM_DATA to the folder that holds nab/")
    found = nab(Path(home) / "nab", lambda values: novelty.scores_of(values, 1.0), novelty.QUIET, say)
    figures: dict[str, Any] = msgspec.to_builtins(found)
    del figures["detections"]
    return figures
