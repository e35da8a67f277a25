"""`pdmctl events`: alarms as a table, or revision by revision as they come."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from pdm.cli.service import Asked, Parameters, ask, collect, given, print_json, service_options
from pdm.cli.tables import local_time, print_table, reading
from pdm.records.event import NO_DATA, SENSOR, Event, Kind, Severity
from pdm.store.protocol import MAX_LIMIT, Page

FOLLOW_S = 1.0
COLUMNS = ("raised", "asset", "severity", "state", "score", "strongest reading", "id")


@click.command(help="List alarms, the latest first.")
@service_options
@click.option("--asset", help="Only of this machine.")
@click.option(
    "--severity",
    type=click.Choice([one.value for one in Severity]),
    multiple=True,
    help="Only these; may repeat.",
)
@click.option("--open", "open_only", is_flag=True, help="Only alarms that are open.")
@click.option("--since", help="Only alarms that were open at or after this instant (RFC 3339).")
@click.option("--until", help="Only alarms that were raised before this instant (RFC 3339).")
@click.option("--follow", is_flag=True, help="Go on with every new revision until interrupted.")
def events(
    asked: Asked,
    asset: str | None,
    severity: tuple[str, ...],
    open_only: bool,
    since: str | None,
    until: str | None,
    follow: bool,
) -> None:
    if follow and asked.as_json:
        raise click.UsageError("--json prints one object: leave it out with --follow")
    is_open = "true" if open_only else None
    wanted = given(asset=asset, open=is_open, since=since, until=until)
    wanted += [("severity", one) for one in severity]
    page = collect(asked, "/v1/events", wanted, Page[Event])
    if asked.as_json:
        print_json(page)
        return
    print_table(COLUMNS, [_row(event) for event in page.items], "No alarms.")
    if follow:
        follow_feed(asked.url, [*given(run=asked.run), *wanted], lambda: time.sleep(FOLLOW_S), asked.ca)


def follow_feed(url: str, wanted: Parameters, wait: Callable[[], None], ca: Path | None = None) -> None:
    """Print each new revision as a line; `wait` passes the time between two looks, or ends it by raising."""
    feed = [*wanted, ("view", "feed"), ("limit", str(MAX_LIMIT))]
    page = ask(url, "/v1/events", feed, Page[Event], ca)
    while page.items:
        page = ask(url, "/v1/events", [*feed, ("cursor", str(page.next))], Page[Event], ca)
    while True:
        wait()
        page = ask(url, "/v1/events", [*feed, ("cursor", str(page.next))], Page[Event], ca)
        for event in page.items:
            raised, asset, severity, _, score, strongest, _ = _row(event)
            moment = raised if event.kind is Kind.RAISE else local_time(event.time)
            click.echo(f"{moment}  {asset}  {event.kind.value} {severity}  score {score}  {strongest}")


def _row(event: Event) -> tuple[str, ...]:
    state = f"cleared {local_time(event.time)}" if event.kind is Kind.CLEAR else "open"
    strongest = reading(event.evidence[0]) if event.evidence else ""
    if event.cause == NO_DATA:
        strongest = "no data"
    if event.subject == SENSOR:
        strongest = f"sensor {event.cause}: {strongest}"
    score = f"{event.peak:.2f}" if event.kind is Kind.CLEAR else f"{event.score:.2f}"
    return local_time(event.raised), event.asset, event.severity.value, state, score, strongest, event.id
