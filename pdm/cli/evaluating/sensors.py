"""`pdmctl evaluate sensors`: sensor faults told from machine faults."""

import click
import msgspec
from rich.table import Table

from pdm.cli.tables import console
from pdm.evaluate.sensors import EACH, Sensors
from pdm.evaluate.sensors import sensors as evaluate_sensors


@click.command(
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
        _show(found)


def _show(found: Sensors) -> None:
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
