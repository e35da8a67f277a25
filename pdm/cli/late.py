"""`pdmctl late`: readings of a machine that came after their frame had closed, and the alarms open then."""

import click

from pdm.cli.service import Asked, ask, given, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.gateway.late import LatePage


@click.command(help="List readings of a machine that came too late to be judged, and the alarms open then.")
@click.argument("asset")
@click.option("--since", help="Data time, RFC 3339: this or later; an hour before --until unless said.")
@click.option("--until", help="Data time, RFC 3339: before this; now unless said.")
@service_options
def late(asked: Asked, asset: str, since: str | None, until: str | None) -> None:
    span = {name: text for name, text in (("from", since), ("to", until)) if text}
    wanted = [*given(run=asked.run, **span), ("limit", str(asked.limit))]
    page = ask(asked.url, f"/v1/assets/{asset}/late", wanted, LatePage, asked.ca)
    if asked.as_json:
        print_json(page)
        return
    rows = [
        (local_time(one.time), one.channel, f"{one.value:.6g} {one.unit}", one.frame, " ".join(one.alarms))
        for one in page.items
    ]
    columns = ("time", "channel", "value", "frame", "alarms open then")
    print_table(columns, rows, f"no late readings of {asset}")
    if page.total > len(page.items):
        click.echo(f"{page.total} in all; --limit shows more")
