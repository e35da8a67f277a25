"""`pdmctl receipts`: what requests of the last day were answered, and each verdict of one of them."""

import click
import msgspec
from msgspec import Struct

from pdm.cli.service import Asked, ask, collect, given, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.receipts.kept import ReceiptDetail, ReceiptLine
from pdm.records.reading import Rejection
from pdm.store.protocol import Page


class _Answer(Struct, frozen=True):
    """What every answer of a door has."""

    rejected: tuple[Rejection, ...] = ()


@click.command(help="List the receipts of the last day that refused something; with an ID, its verdicts.")
@click.argument("id", required=False)
@click.option("--source", help="One source only.")
@click.option("--since", help="Answered then or later, RFC 3339.")
@service_options
def receipts(asked: Asked, id: str | None, source: str | None, since: str | None) -> None:  # noqa: A002 - the argument's name in help
    if id is not None:
        _verdicts(asked, id)
        return
    page = collect(asked, "/v1/receipts", given(source=source, since=since), Page[ReceiptLine])
    if asked.as_json:
        print_json(page)
        return
    rows = [
        (
            local_time(line.time),
            line.source,
            line.path,
            str(line.status),
            str(line.accepted),
            str(line.refused),
            line.id,
        )
        for line in page.items
    ]
    columns = ("answered", "source", "path", "status", "accepted", "refused", "id")
    print_table(columns, rows, "no receipts: everything of the last day was accepted")


def _verdicts(asked: Asked, name: str) -> None:
    """Show the verdicts of one receipt."""
    detail = ask(asked.url, f"/v1/receipts/{name}", [], ReceiptDetail)
    if asked.as_json:
        print_json(detail)
        return
    answer = msgspec.json.decode(detail.answer, type=_Answer)
    rows = [(str(one.index), one.reason.value, one.detail) for one in answer.rejected[: asked.limit]]
    print_table(("index", "reason", "detail"), rows, f"all {detail.line.accepted} were accepted")
