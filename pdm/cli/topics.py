"""`pdmctl topics`: creates the declared topics, or shows them as the broker has them."""

import os
from pathlib import Path

import click
import msgspec
from rich.table import Table

from pdm import settings
from pdm.broker import topics as declared
from pdm.cli.tables import console
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured

_bootstrap = click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise PDM_BOOTSTRAP.")
_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Use the broker of the service running there."
)
_partitions = click.option(
    "--partitions", type=click.IntRange(1, 1024), help="Of each topic; otherwise PDM_PARTITIONS, or 4."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(help="The service's topics: create what is missing, or list what is there.")
def topics() -> None:
    pass


@topics.command("apply", help="Create the topics that are missing; refuse those that are otherwise.")
@_bootstrap
@_data_dir
@_partitions
@_json
def apply(bootstrap: str | None, data_dir: Path | None, partitions: int | None, as_json: bool) -> None:
    created = declared.apply(find_bootstrap(bootstrap, data_dir), _count(partitions), security=secured())
    if as_json:
        click.echo(msgspec.json.encode({"created": created, "declared": len(declared.TOPICS)}))
    else:
        click.echo("\n".join([*created, f"{len(created)} created, {len(declared.TOPICS)} as declared"]))


@topics.command("list", help="Show each declared topic as the broker has it.")
@_bootstrap
@_data_dir
@_partitions
@_json
def list_(bootstrap: str | None, data_dir: Path | None, partitions: int | None, as_json: bool) -> None:
    found = declared.describe(find_bootstrap(bootstrap, data_dir), _count(partitions), security=secured())
    if as_json:
        click.echo(msgspec.json.encode({"topics": found}))
        return
    table = Table("topic", "partitions", "cleanup", "retention", "largest message", "as declared")
    for topic in found:
        table.add_row(topic.name, str(topic.partitions), *_cells(topic))
    console().print(table)


def _count(given: int | None) -> int:
    return given or settings.read(os.environ).partitions


def _cells(topic: declared.Topic) -> list[str]:
    if topic.partitions == 0:
        return ["", "", "", "missing"]
    retention = int(topic.configs["retention.bytes"])
    kept = "all" if retention < 0 else f"{retention >> 20} MiB"
    largest = f"{int(topic.configs['max.message.bytes']) >> 20} MiB"
    return [topic.configs["cleanup.policy"], kept, largest, "; ".join(topic.differences) or "yes"]
