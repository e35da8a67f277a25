"""`pdmctl advice`: what to do, the latest first."""

import click

from pdm.cli.service import Asked, collect, given, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.records.advice import Advice
from pdm.store.protocol import Page

COLUMNS = ("time", "asset", "urgency", "best match", "worded by", "advice")


@click.command(help="List advice, the latest first.")
@service_options
@click.option("--asset", help="Only on this machine.")
@click.option("--event", help="Only on this event.")
@click.option("--since", help="Only from this instant on (RFC 3339).")
@click.option("--until", help="Only before this instant (RFC 3339).")
def advice(
    asked: Asked,
    asset: str | None,
    event: str | None,
    since: str | None,
    until: str | None,
) -> None:
    wanted = given(asset=asset, event=event, since=since, until=until)
    page = collect(asked, "/v1/advice", wanted, Page[Advice])
    if asked.as_json:
        print_json(page)
        return
    print_table(COLUMNS, [_row(one) for one in page.items], "No advice.")


def _row(one: Advice) -> tuple[str, ...]:
    best = one.hypotheses[0].title if one.hypotheses else ""
    worded = one.model if one.source == "llm" else "rules"
    return local_time(one.time), one.asset, one.urgency.value, best, worded, one.text
