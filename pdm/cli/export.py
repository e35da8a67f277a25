"""`pdmctl export`: readings out of the history, as CSV, Parquet or JSON lines."""

import io
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
import httpx
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from pdm.cli.service import DEFAULT_URL, Asked, Parameters, collect, given
from pdm.gateway.history import NEXT, PARQUET, table
from pdm.gateway.parameters import AGGREGATES, MOST_POINTS
from pdm.history.query import History, Query
from pdm.history.read import FOLDER
from pdm.history.sheets import FORMATS, sheet
from pdm.history.steps import step_ns
from pdm.instant import nanoseconds
from pdm.records.status import AssetStatus
from pdm.store.protocol import Page

TIMEOUT_S = 60.0


class Wish(Struct, frozen=True):
    """What somebody wants exported; each field is the option of that name."""

    asset: tuple[str, ...]
    channel: tuple[str, ...]
    begin: str
    end: str
    run: str
    step: str | None
    url: str
    data_dir: Path | None


@click.command(help="Write readings out of the history; progress is on standard error.")
@click.option("--asset", multiple=True, help="Only of this machine; may repeat.")
@click.option("--channel", multiple=True, help="Only this channel; may repeat.")
@click.option("--from", "begin", default="1970-01-01T00:00:00Z", help="From this instant on (RFC 3339).")
@click.option("--to", "end", help="Before this instant (RFC 3339); now unless said.")
@click.option("--run", default="", help="Namespace of a replay run; the live plant unless said.")
@click.option("--step", help="Averages over 10s, 1m, 1h or 1d: mean, min, max, last, count.")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--out", default="-", show_default=True, help="The file to write; - is standard output.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the service is.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Read the files there, without a service.")
def export(kind: str, out: str, end: str | None, **options: Any) -> None:
    until = end or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        nanoseconds(options["begin"]), nanoseconds(until), options["step"] and step_ns(options["step"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    wish = Wish(end=until, **options)
    with nullcontext(sys.stdout.buffer) if out == "-" else Path(out).open("wb") as file:
        count = _write(wish, kind, file)
    click.echo(f"{count:,} rows", err=True)


def _write(wish: Wish, kind: str, file: IO[bytes]) -> int:
    """Write part by part; returns how many rows."""
    count = 0
    with sheet(kind, file) as write:
        for part in _from_files(wish) if wish.data_dir else _from_service(wish):
            write(part)
            count += part.num_rows
            click.echo(f"{count:,} rows", err=True)
    return count


def _from_files(wish: Wish) -> Iterator[pa.Table]:
    query = Query(
        begin_ns=nanoseconds(wish.begin),
        end_ns=nanoseconds(wish.end),
        assets=wish.asset,
        channels=wish.channel,
        run=wish.run,
        step_ns=step_ns(wish.step) if wish.step else None,
    )
    for _, rows in History(Path(str(wish.data_dir)) / FOLDER).spans(query):
        if len(rows):
            yield table(rows, AGGREGATES if wish.step else ())


def _from_service(wish: Wish) -> Iterator[pa.Table]:
    assets = wish.asset or _all_assets(wish)
    asked = given(to=wish.end, run=wish.run, step=wish.step, limit=str(MOST_POINTS))
    asked += [("channel", name) for name in wish.channel]
    asked += [("agg", name) for name in AGGREGATES if wish.step]
    with httpx.Client(base_url=wish.url, timeout=TIMEOUT_S, headers={"Accept": PARQUET}) as client:
        for asset in assets:
            following: str | None = wish.begin
            while following:
                part, following = _page(client, asset, [*asked, ("from", following)])
                if part.num_rows:
                    yield part


def _page(client: httpx.Client, asset: str, asked: Parameters) -> tuple[pa.Table, str | None]:
    try:
        answer = client.get(f"/v1/assets/{asset}/readings", params=httpx.QueryParams(tuple(asked)))
    except httpx.HTTPError as error:
        raise click.ClickException(f"nothing answers at {client.base_url}: {error}") from None
    if answer.status_code != httpx.codes.OK:
        raise click.ClickException(f"{asset}: {answer.status_code} {answer.text[:300]}")
    return pq.read_table(io.BytesIO(answer.content)), answer.headers.get(NEXT)


def _all_assets(wish: Wish) -> list[str]:
    page = collect(Asked(wish.url, wish.run, 100_000, False), "/v1/assets", [], Page[AssetStatus])
    return [status.asset for status in page.items]
