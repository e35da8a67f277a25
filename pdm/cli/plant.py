"""`pdmctl plant check FILE`: what is in a plant file, or the line that is wrong."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from pdm.cli.tables import console
from pdm.errors import PlantError
from pdm.plant.load import load
from pdm.plant.spec import Limits, Plant
from pdm.units import display, to_si


@click.group(help="Check a plant file.")
def plant() -> None:
    pass


@plant.command("check", help="Say what is in a plant file, or which line is wrong.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, as_json: bool) -> None:
    try:
        found = load(file)
    except PlantError as error:
        if as_json:
            click.echo(msgspec.json.encode({"ok": False, "line": error.line, "problem": error.problem}))
            raise SystemExit(1) from None
        raise
    if as_json:
        click.echo(msgspec.json.encode({"ok": True, **_counts(found)}))
        return
    counts = _counts(found)
    click.echo(f"{file}: in order")
    click.echo(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items()))
    console().print(_table(found))


def _counts(found: Plant) -> dict[str, object]:
    """Say what a plant file holds."""
    return {
        "name": found.name,
        "timezone": found.timezone,
        "strict": found.strict,
        "frame_s": found.frame_ns / 1e9,
        "machines": len(found.machines),
        "channels": sum(len(machine.channels) for machine in found.machines.values()),
        "classes": len(found.classes),
        "sources": len(found.sources),
    }


def _table(found: Plant) -> Table:
    """List the declared channels of each machine, numbers in the units people use."""
    table = Table("machine", "class", "path", "channel", "quantity", "limits")
    for machine in found.machines.values():
        head = [machine.asset, machine.machine_class, machine.path]
        for name, spec in machine.channels.items() or [("", None)]:
            tail = [spec.quantity, _limits(spec.limits, spec.quantity, spec.unit)] if spec else ["", ""]
            table.add_row(*head, name, *tail)
            head = ["", "", ""]
    return table


def _limits(limits: Limits, quantity: str, unit: str) -> str:
    """Write limits as people read them."""
    shown, from_si = display(quantity, to_si(quantity, unit)[0], unit)
    said = [
        f"{key.replace('_', ' ')} {from_si(value):.6g} {shown}"
        for key, value in msgspec.structs.asdict(limits).items()
        if value is not None
    ]
    return ", ".join(said) or "-"
