"""`pdmctl evaluate detection`: labelled runs through the chain."""

from pathlib import Path

import click
import msgspec
from msgspec import structs
from rich.table import Table

from pdm.chain.detection.kit import Kit
from pdm.cli.evaluating.protocol import show_protocol
from pdm.cli.tables import console
from pdm.evaluate.chain import events_of
from pdm.evaluate.detection import Detection, EventsOf
from pdm.evaluate.detection import detection as evaluate_detection
from pdm.evaluate.material import material
from pdm.evaluate.page import detection_page
from pdm.evaluate.picture import Pictured
from pdm.evaluate.points import Points
from pdm.evaluate.protocol import protocol
from pdm.plant.load import load


@click.command(
    help="Detection: labelled runs in SKAB's layout, subfolders with CSV files, through the chain."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder; anomaly_free.csv in it, if there, is a normal stream.",
)
@click.option(
    "--plant",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Plant file; the defaults unless given.",
)
@click.option(
    "--full",
    is_flag=True,
    help="The whole protocol besides: recall at a budget, random positions, left out, stress, truncation, "
    "healthy machine-days; a minute or two.",
)
@click.option("--seed", default=0, show_default=True, help="Of whatever is drawn for --full.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with every run drawn."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def detection(
    data: Path, plant: Path | None, full: bool, seed: int, report: Path | None, as_json: bool
) -> None:
    found = evaluate_detection(data, _watched(plant))
    if report:
        _draw(found, data, plant, report)
    whole = protocol(data, load(plant), seed, progress=_progress) if full else None
    if as_json:
        more = {"protocol": whole} if whole else {}
        click.echo(msgspec.json.encode({**structs.asdict(found), **more}))
        return
    _show(found)
    if whole:
        show_protocol(whole)


def _watched(plant: Path | None) -> EventsOf:
    """Return what sends files through the chain, telling on standard error which one it is at."""
    known = load(plant)
    return lambda files: events_of(files, known, _progress)


def _draw(found: Detection, data: Path, plant: Path | None, report: Path) -> None:
    """Write the page of an evaluation."""
    held = material(data, load(plant))
    kit = Kit(held.plant)
    runs = [Pictured(run.signals, run.judge(kit)) for run in held.everything()]
    title = f"Detection on {data.resolve().name}"
    report.write_text(detection_page(found, runs, title), encoding="utf-8")
    _progress(f"report: {report}")


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _show(found: Detection) -> None:
    """Print the figures for people."""
    out = console()
    rows = Table("rows from 400 on", "F1", "FAR %", "MAR %", box=None, pad_edge=False, header_style="bold")
    ours = Points(found.f1, found.far, found.mar)
    named = {"this chain": ours, **{f"  {name}": p for name, p in found.by_folder.items()}}
    named |= {"all rows anomalous": found.all_ones, "a clock": found.clock, "random 1 %": found.random}
    for name, p in named.items():
        rows.add_row(name, f"{p.f1:.3f}", f"{100 * p.far:.1f}", f"{100 * p.mar:.1f}")
    out.print(rows)
    out.print(f"\nF1 {found.f1_low:.2f} to {found.f1_high:.2f} (90 %, files drawn again)")
    out.print(
        f"{found.faults} faults: {100 * found.event_recall:.0f} % found, "
        f"delay {found.delay_median_s:.0f} s in the middle, {found.delay_p90_s:.0f} s at worst but one in ten"
    )
    out.print(f"{found.alarms} alarms: {100 * found.event_precision:.0f} % began in a fault")
    if found.percent_time_in_alarm_normal is not None:
        share = found.percent_time_in_alarm_normal
        out.print(f"normal stream: {found.false_alarms_normal} alarms, {share:.1f} % of the time")
