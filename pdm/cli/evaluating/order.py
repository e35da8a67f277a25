"""`pdmctl evaluate order`: the order of delivery changes no event."""

import click
import msgspec

from pdm.evaluate.order import order as evaluate_order


@click.command(
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
