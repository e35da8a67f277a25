"""`pdmctl fit`: what the drivers of each machine let expect, learnt from recorded files."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
from msgspec import Struct

from models.pace import pace
from pdm.cli.fit_sisters import fit_sisters
from pdm.cli.service import Asked, collect, given
from pdm.cli.tables import print_table
from pdm.fitting.fit import FitError
from pdm.fitting.fit import fit as fit_machine
from pdm.fitting.maintenance import Span, spans
from pdm.fitting.result import Fit, Fitted
from pdm.fitting.stretch import Stretch, stretch
from pdm.fitting.written import declared, placed
from pdm.plant.load import load
from pdm.plant.lookup import channel_spec
from pdm.plant.spec import Plant
from pdm.records.control import MaintenanceWindow
from pdm.replay.layout import read_layout, recognise
from pdm.replay.recording import Recording, assets_of
from pdm.store.protocol import Page
from pdm.units import display, to_si

COLUMNS = ("machine", "channel", "driver", "coefficient", "95 % interval", "explained", "line")
MOST_WINDOWS = 100_000
"""Of maintenance that are asked for."""
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Unit(NamedTuple):
    """The unit people speak of a channel in; `scale` takes a difference in SI to it."""

    name: str
    scale: float


class Answer(Struct, frozen=True):
    """What `--json` prints; numbers in SI, `toml` as it would stand in a plant file of its own."""

    machines: tuple[Fit, ...]
    toml: tuple[str, ...]


@click.command(help="Fit on recorded CSV FILES of healthy machines, each a machine named after its file.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--plant", type=FILE, help="Plant file; the defaults unless given.")
@click.option(
    "--drivers",
    default="",
    help="Channels or quantities that drive it: speed,load,process unless said.",
)
@click.option("--layout", "layout_file", type=FILE, help="What the columns mean; see docs/replay.md.")
@click.option("--url", help="Leave out the maintenance that the service there knows of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--what",
    type=click.Choice(["expected", "sisters"]),
    default="expected",
    show_default=True,
    help="What to learn: what drivers let expect, or what a class tells its new machines.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the plant file here, with the expectations in it.",
)
def fit(
    files: tuple[Path, ...],
    plant: Path | None,
    drivers: str,
    layout_file: Path | None,
    url: str | None,
    as_json: bool,
    what: str,
    out: Path | None,
) -> None:
    known = load(plant)
    wanted = [word.strip() for word in drivers.split(",") if word.strip()]
    given = read_layout(layout_file) if layout_file else None
    recordings = [
        Recording(asset, path, given or recognise(path))
        for asset, path in zip(assets_of(files), files, strict=True)
    ]
    if what == "sisters":
        fit_sisters(known, _stretches(known, recordings, url), out, as_json=as_json)
        return
    _show(known, list(_fits(known, recordings, wanted, url)), out, as_json=as_json)


def _show(known: Plant, found: Sequence[tuple[Stretch, Fit]], out: Path | None, *, as_json: bool) -> None:
    """Show what came of it, and write the plant file; raises FitError where nothing did."""
    for _, one in found:
        _tell_unfitted(one)
    if not any(one.fitted for _, one in found):
        raise FitError("no channel of these recordings gets an expectation")
    if as_json:
        texts = tuple(declared(one, at.machine_class) for at, one in found)
        click.echo(msgspec.json.encode(Answer(tuple(one for _, one in found), texts)))
    else:
        print_table(COLUMNS, [row for at, one in found for row in _rows(known, at, one)], "Nothing fitted.")
    if out:
        _write(out, known.toml, found)
    elif not as_json:
        click.echo("--out FILE writes the plant file with these expectations in it", err=True)


def _fits(
    plant: Plant, recordings: Sequence[Recording], wanted: Sequence[str], url: str | None
) -> Iterator[tuple[Stretch, Fit]]:
    """Read and fit one file after the other."""
    smooth = pace(plant.frame_ns / 1e9).smooth
    for of in _stretches(plant, recordings, url):
        yield of, fit_machine(of, wanted, smooth)


def _stretches(plant: Plant, recordings: Sequence[Recording], url: str | None) -> Iterator[Stretch]:
    """Read one file after the other, telling on standard error which one it is at."""
    for number, recording in enumerate(recordings, start=1):
        click.echo(f"{number}/{len(recordings)} {recording.asset}", err=True)
        of = stretch(plant, recording, _maintenance(url, recording.asset) if url else ())
        if of.left_out:
            click.echo(f"  {of.left_out} frames of maintenance are left out", err=True)
        if of.rejected:
            click.echo(f"  {of.rejected} readings were refused", err=True)
        if of.alarms:
            click.echo(f"  {of.alarms} alarms in this recording: is the machine healthy in it?", err=True)
        yield of


def _maintenance(url: str, asset: str) -> list[Span]:
    """Ask a service when a machine was under maintenance."""
    asked = Asked(url, "", MOST_WINDOWS, as_json=True)
    return spans(collect(asked, "/v1/maintenance", given(asset=asset), Page[MaintenanceWindow]).items)


def _rows(plant: Plant, at: Stretch, one: Fit) -> Iterator[tuple[str, ...]]:
    """One row for each driver of each channel, in the units of the plant."""
    unit = _units(plant, at)
    for fitted in one.fitted:
        yield from _rows_of(at.asset, fitted, unit)


def _rows_of(asset: str, fitted: Fitted, unit: Callable[[str], Unit]) -> Iterator[tuple[str, ...]]:
    own, model = unit(fitted.channel), fitted.expected
    head = (asset, fitted.channel)
    tail = (f"{100 * fitted.share:.0f} %", f"{model.scale * own.scale:.3g} {own.name}")
    for driver, coefficient, margin in zip(model.drivers, model.coefficients, fitted.margins, strict=True):
        its = unit(driver)
        scale = own.scale / its.scale
        interval = f"{(coefficient - margin) * scale:.3g} to {(coefficient + margin) * scale:.3g}"
        yield (*head, driver, f"{coefficient * scale:.3g} {own.name} per {its.name}", interval, *tail)
        head, tail = ("", ""), ("", "")


def _units(plant: Plant, at: Stretch) -> Callable[[str], Unit]:
    """Return what names the unit of each channel: that of the plant file, or the one people use."""
    by_name = {channel.name: channel for channel in at.channels}

    def unit(name: str) -> Unit:
        channel, spec = by_name[name], channel_spec(plant, at.asset, at.machine_class, name)
        if spec is not None:
            return Unit(spec.unit, 1.0 / to_si(spec.quantity, spec.unit)[1])
        shown, from_si = display(channel.quantity, channel.unit)
        return Unit(shown, from_si(1.0) - from_si(0.0))

    return unit


def _tell_unfitted(one: Fit) -> None:
    for left in one.unfitted:
        click.echo(f"{one.asset}: {left.channel} gets no expectation: {left.reason}", err=True)


def _write(out: Path, text: str, found: Sequence[tuple[Stretch, Fit]]) -> None:
    """Write the plant file with all expectations in their places."""
    for at, one in found:
        if one.fitted:
            text = placed(text, one, at.machine_class)
    out.write_text(text, "utf-8")
    click.echo(f"{out} written: look at it, and put it in force with a restart", err=True)
