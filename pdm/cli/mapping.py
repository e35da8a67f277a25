"""`pdmctl mapping try FILE`: a dry run of foreign points through the rules; nothing is sent."""

import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from pdm.chain.acquisition.lines import PRECISIONS, read
from pdm.chain.acquisition.points import Points
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.telemetry import read_telemetry
from pdm.chain.acquisition.trial import ACCEPTED, IGNORED, Tried, trial
from pdm.cli.tables import print_table
from pdm.plant.load import load

_COLUMNS = ("line", "asset", "channel", "quantity", "value", "time", "verdict", "why")


@click.group(help="Try what line protocol and telemetry become.")
def mapping() -> None:
    pass


@mapping.command(
    "try", help="Show what becomes of each line of FILE (- for standard input); nothing is sent."
)
@click.argument("file", type=click.File("rb"))
@click.option("--plant", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The plant file.")
@click.option(
    "--precision", type=click.Choice(list(PRECISIONS)), default="ns", help="What a timestamp counts: ns."
)
@click.option(
    "--class", "machine_class", default="", help="Class of the machines the plant file does not name."
)
@click.option("--telemetry", is_flag=True, help="FILE is JSON as ThingsBoard's devices and gateways send it.")
@click.option("--asset", help="With --telemetry: the machine, where FILE does not name it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def try_mapping(
    file: BinaryIO,
    plant: Path | None,
    precision: str,
    machine_class: str,
    telemetry: bool,
    asset: str | None,
    as_json: bool,
) -> None:
    known, now_ns = Series(load(plant), machine_class), time.time_ns()
    content = file.read()
    points = (
        read_telemetry(content, asset, known, now_ns)
        if telemetry
        else read(content, known, PRECISIONS[precision], now_ns)
    )
    tried = trial(points, known, now_ns)
    counts = _counts(points, tried)
    if as_json:
        click.echo(msgspec.json.encode({**counts, "lines": tried}))
    else:
        print_table(_COLUMNS, map(_row, tried), "no lines")
        click.echo(", ".join(f"{name} {count}" for name, count in counts.items()))
    raise SystemExit(1 if counts["refused"] else 0)


def _counts(points: Points, tried: list[Tried]) -> dict[str, int]:
    """Count fields by what became of them; a line that is none counts as one."""
    verdicts = Counter(one.verdict for one in tried)
    accepted, ignored = verdicts.pop(ACCEPTED, 0), verdicts.pop(IGNORED, 0) + points.ignored
    return {"accepted": accepted, "refused": verdicts.total(), "ignored": ignored}


def _row(tried: Tried) -> tuple[str, ...]:
    value = "" if tried.value is None else f"{tried.value:.6g} {tried.unit}".rstrip()
    why = tried.detail or (f"by {tried.rule}" if tried.rule else "")
    named = tried.asset, tried.channel or tried.field, tried.quantity
    return (str(tried.line), *named, value, tried.time, str(tried.verdict), why)
