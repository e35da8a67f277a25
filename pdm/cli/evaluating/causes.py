"""`pdmctl evaluate causes`: the first suspect of each alarm against the truth, on simulated plants."""

import click
import msgspec

from pdm.cli.tables import print_table
from pdm.evaluate.causes import HELD_OUT, Causes
from pdm.evaluate.causes import causes as evaluate_causes


@click.command(help="Causes: the first suspect of each alarm against the truth, on simulated plants.")
@click.option("--seeds", default=len(HELD_OUT), show_default=True, help="Simulated plants.")
@click.option("--machines", default=48, show_default=True, help="Machines of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def causes(seeds: int, machines: int, as_json: bool) -> None:
    found = evaluate_causes(range(HELD_OUT[0], HELD_OUT[0] + seeds), machines)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)


def _show(found: Causes) -> None:
    """Print the figures for people."""
    rows = [(kind, f"{100 * share:.0f} %") for kind, share in found.by_fault.items()]
    print_table(
        ("fault", "first suspect is right"),
        [*rows, ("all", f"{100 * found.top_1:.1f} %")],
        "no alarm found a fault",
    )
    click.echo(
        f"{found.faults} faults; among the first two {100 * found.top_2:.1f} %, "
        f"at the newest revision {100 * found.top_1_last:.1f} %"
    )
