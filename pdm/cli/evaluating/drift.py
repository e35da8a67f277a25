"""`pdmctl evaluate drift`: slow drift put into normal data."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from pdm.cli.tables import console
from pdm.demo.expected import expected
from pdm.evaluate.healthy import quiet
from pdm.evaluate.slow import Slow, normal_stream, simulated, slow
from pdm.plant.load import load, parse
from pdm.simulator.plant_file import plant_file

MACHINES, HOURS = 6, 2


@click.command(
    help="Slow drift put into every channel of normal data at several speeds, and steps that stay: "
    "absorbed or found, after how long, by which detector, and what stands after the end."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with anomaly_free.csv; simulated machines alone unless given.",
)
@click.option(
    "--plant",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Plant file for --data; the defaults unless given.",
)
@click.option("--seed", default=11, show_default=True, help="Of the simulated machines.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def drift(data: Path | None, plant: Path | None, seed: int, as_json: bool) -> None:
    found: dict[str, Slow] = {}
    if data:
        known = load(plant)
        found["recorded"] = slow([normal_stream(data, known)], known, _progress)
    scenario = quiet(seed, 1, MACHINES, HOURS)
    own = parse(plant_file(scenario, expected(scenario)), "simulated")
    found["simulated"] = slow(simulated(MACHINES, HOURS, seed), own, _progress)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for name, one in found.items():
        _show(name, one)


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _show(name: str, found: Slow) -> None:
    out, step = console(), found.permanent_step
    table = Table(
        *("allowances/h", "drifts", "found", "median delay s", "size then", "by", "% after end", "latched"),
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for one in found.speeds:
        by = ", ".join(f"{cause} {count}" for cause, count in one.by_detector.items())
        delay, size = f"{one.delay_median_s:.0f}", f"{one.size_median_allowances:.1f}"
        after = f"{one.time_in_alarm_after_end_percent:.1f}"
        numbers = (f"{one.allowances_per_hour:g}", str(one.drifts), str(one.found))
        table.add_row(*numbers, delay, size, by, after, str(one.latched))
    out.print(f"\n{name}: {found.channels} channels, one drift at a time")
    out.print(table)
    out.print(
        f"undisturbed: {found.time_in_alarm_undisturbed_percent:.1f} % of the time in alarm\n"
        f"steps of {step.allowances:g} allowances that stay: {step.found} of {step.steps} found after "
        f"{step.delay_median_s:.0f} s, {step.standing_at_end} still in alarm at the end"
    )
