"""`pdmctl evaluate`: events of the chain against what truly happened."""

from pathlib import Path

import click
import msgspec
from msgspec import structs
from rich.table import Table

from models import novelty
from pdm.chain.detection.kit import Kit
from pdm.cli.drift import drift
from pdm.cli.evaluate_causes import causes
from pdm.cli.protocol import show_protocol
from pdm.cli.tables import console
from pdm.evaluate.chain import events_of
from pdm.evaluate.detection import Detection, EventsOf
from pdm.evaluate.detection import detection as evaluate_detection
from pdm.evaluate.material import material
from pdm.evaluate.nab import Nab, as_line
from pdm.evaluate.nab import nab as evaluate_nab
from pdm.evaluate.order import order as evaluate_order
from pdm.evaluate.page import detection_page
from pdm.evaluate.picture import Pictured
from pdm.evaluate.points import Points
from pdm.evaluate.protocol import protocol
from pdm.evaluate.sensors import EACH, Sensors
from pdm.evaluate.sensors import sensors as evaluate_sensors
from pdm.plant.load import load


@click.group(help="Compare events with what truly happened.")
def evaluate() -> None:
    pass


evaluate.add_command(causes)
evaluate.add_command(drift)


@evaluate.command(
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


@evaluate.command(help="Novelty: single signals in the layout of the Numenta Anomaly Benchmark.")
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
        _show_nab(found)


@evaluate.command(
    help="Order: simulated plants delivered shuffled, repeated, in batches, cut anywhere, workers crashed; "
    "their events must be equal, byte for byte, to those of the delivery in order."
)
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1), help="How many plants.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--machines", default=20, show_default=True, type=click.IntRange(min=1), help="Of each plant.")
@click.option(
    "--seconds", default=7200, show_default=True, type=click.IntRange(min=600), help="Of each plant."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def order(seeds: int, first: int, machines: int, seconds: int, as_json: bool) -> None:
    found = evaluate_order(
        range(first, first + seeds), machines, seconds, lambda line: click.echo(line, err=True)
    )
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        click.echo(f"{found.equal} of {found.runs} deliveries left an event log equal to the one in order")
        click.echo(f"{found.events} events of {found.readings} readings; {found.late} late, each recorded")
    if found.equal < found.runs:
        click.echo(f"not equal: {', '.join(found.unequal)}", err=True)
        raise SystemExit(1)


@evaluate.command(
    help="Sensors: seven kinds of sensor faults on simulated machines, told from machine faults or not."
)
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="How many plants.")
@click.option(
    "--each",
    default=EACH,
    show_default=True,
    type=click.IntRange(1),
    help="Sensors per fault and plant.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def sensors(seeds: int, each: int, as_json: bool) -> None:
    found = evaluate_sensors(range(1, seeds + 1), lambda line: click.echo(line, err=True), each)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show_sensors(found)


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


def _show_nab(found: Nab) -> None:
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


def _show_sensors(found: Sensors) -> None:
    """Print the verdicts on sensors for people."""
    out = console()
    rows = Table("sensor fault", "planted", "called right", "called", box=None, pad_edge=False)
    for name, one in found.by_fault.items():
        wrong = ", ".join(f"{said or 'nothing'} {times}" for said, times in one.called.items())
        rows.add_row(name, str(one.planted), str(one.right), wrong)
    out.print(rows)
    out.print(f"\n{100 * found.classed_right:.1f} % called right; machine alarms: {found.machine_alarms}")
    out.print(
        f"machine faults found: {100 * found.recall_without:.1f} % without, "
        f"{100 * found.recall_with:.1f} % beside a sensor fault"
    )
