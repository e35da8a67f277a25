"""`pdmctl lag`: how far each process is behind."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from pdm.broker.lag import lags
from pdm.cli.tables import console
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured


@click.command(help="Show how many messages each consumer group has not yet acknowledged.")
@click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise PDM_BOOTSTRAP.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Use the broker of the service there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lag(bootstrap: str | None, data_dir: Path | None, as_json: bool) -> None:
    found = lags(find_bootstrap(bootstrap, data_dir), secured())
    total = sum(one.lag for one in found)
    if as_json:
        click.echo(msgspec.json.encode({"total": total, "partitions": found}))
        return
    table = Table("group", "topic", "partition", "committed", "end", "lag")
    for one in found:
        table.add_row(one.group, one.topic, *map(str, (one.partition, one.committed, one.end, one.lag)))
    table.add_section()
    table.add_row("all", "", "", "", "", str(total))
    console().print(table)
