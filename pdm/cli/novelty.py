"""`pdmctl novelty`: one slow signal from a CSV file, scored value by value."""

import csv
import sys
from pathlib import Path

import click
import numpy as np

from models.novelty import QUIET, scores_of
from pdm.cli.tables import print_table
from pdm.evaluate.nab import shipped
from pdm.evaluate.nab_folder import read_csv, stamps
from pdm.evaluate.nab_score import detections


@click.command(
    help="Score one signal, a CSV file with columns timestamp and value: is there anything new in it? "
    "For slow signals, a value each minute or five."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--line", type=click.FloatRange(min=0.0, min_open=True), help="Evidence that is on the line.")
@click.option(
    "--csv", "as_csv", is_flag=True, help="Print every row, with its score and whether it is flagged."
)
def novelty(file: Path, line: float | None, as_csv: bool) -> None:
    times, values = read_csv(file)
    scores = scores_of(values, line or shipped().line)
    flagged = detections(scores, 1.0, QUIET)
    shown = np.arange(len(times)) if as_csv else flagged
    marks = np.isin(shown, flagged).tolist()
    rows = [
        (time, f"{value:.10g}", f"{score:.3f}", str(int(mark)))
        for time, value, score, mark in zip(
            stamps(times[shown]), values[shown], scores[shown], marks, strict=True
        )
    ]
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(
            [("timestamp", "value", "score", "flag"), *rows]
        )
    else:
        print_table(("time", "value", "score"), (row[:3] for row in rows), "Nothing new in it.")
