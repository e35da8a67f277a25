"""`pdmctl assets`: machines, and where each stands."""

import click

from pdm.chain.advisory.figures import figures, shown
from pdm.cli.service import Asked, collect, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.records.status import AssetStatus, ChannelStatus
from pdm.store.protocol import Page

COLUMNS = ("asset", "class", "condition", "score", "learnt", "last frame", "readings")


@click.command(help="List machines by name, and where each stands.")
@service_options
def assets(asked: Asked) -> None:
    page = collect(asked, "/v1/assets", [], Page[AssetStatus])
    if asked.as_json:
        print_json(page)
        return
    print_table(COLUMNS, [_row(status) for status in page.items], "No machines yet: post some readings.")


def _row(status: AssetStatus) -> tuple[str, ...]:
    return (
        status.asset,
        status.machine_class,
        status.condition.value,
        f"{status.score:.2f}",
        f"{status.learning:.0%}{_blind(status)}",
        local_time(status.time),
        ", ".join(_reading(channel) for channel in status.channels),
    )


def _blind(status: AssetStatus) -> str:
    """Say in which channels only limits are watched so far, if those, and in which as sisters have shown."""
    waiting = [one.channel for one in status.channels if one.learning]
    early = [one.channel for one in status.channels if one.sisters]
    blind = f", no drift yet in {', '.join(waiting)}" if waiting else ""
    return blind + (f", drift by its sisters in {', '.join(early)}" if early else "")


def _reading(channel: ChannelStatus) -> str:
    wrong = f" ({channel.fault})" if channel.fault else ""
    if channel.value is None:
        return f"{channel.channel} -{wrong}"
    value, unit = shown(channel.value, channel.quantity, channel.unit, channel.shown_unit)
    return f"{channel.channel} {figures([value])[0]} {unit}".strip() + wrong
