"""`pdmctl state reset align|monitor`: for state that another version wrote and this one cannot read."""

from pathlib import Path

import click

from pdm.broker.state import CHANGELOGS
from pdm.broker.state import reset as take_back
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured


@click.group(help="What a stage remembers between two readings.")
def state() -> None:
    pass


@state.command("reset", help="Take back a stage's saved state: it reads its topics from their start.")
@click.argument("stage", type=click.Choice(sorted(CHANGELOGS)))
@click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise PDM_BOOTSTRAP.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Use the broker of the service there.")
def reset(stage: str, bootstrap: str | None, data_dir: Path | None) -> None:
    rows = take_back(find_bootstrap(bootstrap, data_dir), stage, secured())
    click.echo(f"{stage}: {rows} rows of state are taken back; it begins again with what the topics hold")
