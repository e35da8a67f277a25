"""`pdmctl evaluate sisters`: what a new machine gains from the sisters of its class."""

import click
import msgspec

from pdm.cli.tables import print_table
from pdm.evaluate.sisters import WITHIN_S, Gain, gain


@click.command(
    help="Sisters: new simulated machines by themselves, and with what the class has shown: faults seen in "
    "their first minutes, and false alarms in their first hour."
)
@click.option("--first", default=7, show_default=True, help="The seed of the plant that is known.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=2), help="Plants in all.")
@click.option("--machines", default=13, show_default=True, type=click.IntRange(min=6), help="Of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def sisters(first: int, seeds: int, machines: int, as_json: bool) -> None:
    found = gain(range(first, first + seeds), machines, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)


def _show(found: Gain) -> None:
    """Print the figures for people."""
    rows: list[tuple[str, ...]] = [
        (f"{onset} s after its first frame", f"{share:.0%}", f"{found.with_sisters.seen_of_each[onset]:.0%}")
        for onset, share in found.alone.seen_of_each.items()
    ]
    both = (found.alone, found.with_sisters)
    rows.append(("false alarms in the first hour", *(str(one.false_alarms) for one in both)))
    print_table((f"fault seen within {WITHIN_S} s", "alone", "with sisters"), rows, "")
    click.echo(f"{found.machines} new machines, {found.sisters} known")
