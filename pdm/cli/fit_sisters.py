"""`pdmctl fit --what sisters`: what the machines of a class have shown, for one of them that is new."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
import msgspec

from pdm.cli.tables import print_table
from pdm.fitting.class_text import with_sisters
from pdm.fitting.fit import FitError
from pdm.fitting.sisters import sisters
from pdm.fitting.stretch import Stretch
from pdm.plant.spec import Plant, Sisters


def fit_sisters(plant: Plant, of: Iterable[Stretch], out: Path | None, *, as_json: bool) -> None:
    """Learn it, show it, and write the plant file with it; raises FitError where nothing can be learnt."""
    learnt = sisters(plant, of)
    if not learnt:
        raise FitError("no class has two machines here that were judged for half an hour each")
    if as_json:
        click.echo(msgspec.json.encode(learnt))
    else:
        print_table(("class", "channel", "wanders by", "machines"), list(_rows(learnt)), "")
    if out:
        out.write_text(with_sisters(plant.toml, learnt), "utf-8")
        click.echo(f"{out} written: look at it, and put it in force with a restart", err=True)


def _rows(learnt: Mapping[str, Sisters]) -> Iterator[tuple[str, ...]]:
    for name, known in learnt.items():
        for channel, one in known.wander.items():
            wanders = f"{100 * one.relative:.2g} %" if one.relative else f"{one.absolute:.3g} in SI"
            yield name, channel, wanders, str(len(known.machines))
