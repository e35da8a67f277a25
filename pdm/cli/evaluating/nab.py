"""`pdmctl evaluate nab`: novelty in single signals."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from models import novelty
from pdm.cli.tables import console
from pdm.evaluate.nab import Nab, as_line
from pdm.evaluate.nab import nab as evaluate_nab


@click.command(help="Novelty: single signals in the layout of the Numenta Anomaly Benchmark.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder, with windows.json and the CSV files it names.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option(
    "--line-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the threshold that is best on all these files, in the form that ships.",
)
def nab(data: Path, as_json: bool, line_out: Path | None) -> None:
    found = evaluate_nab(
        data,
        lambda values: novelty.scores_of(values, 1.0),
        novelty.QUIET,
        lambda line: click.echo(line, err=True),
    )
    if line_out is not None:
        line_out.write_bytes(as_line(found))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)


def _show(found: Nab) -> None:
    """Print the score of each category, and of those that look at no value."""
    out = console()
    rows = Table("category", "score", "threshold", "from", box=None, pad_edge=False, header_style="bold")
    for name, score in found.by_category.items():
        origin = "what ships" if name in found.shipped else "other categories"
        rows.add_row(name, _points(score), f"{found.thresholds[name]:.2f}", origin)
    rows.add_row("all", _points(found.score), "", "")
    rows.add_row("random, at its best", _points(found.random), "", "")
    rows.add_row("a clock, at its best", _points(found.clock), "", "")
    out.print(rows)
    out.print(
        f"\n{found.found} of {found.windows} windows found, {found.false_detections} false detections "
        f"in {found.files} files with {found.rows:,} rows"
    )


def _points(score: float | None) -> str:
    return "-" if score is None else f"{score:.1f}"
