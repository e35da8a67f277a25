"""Writes the operators' dashboard, `dashboards/plant.json`, from what `queries.py` asks.

python deploy/grafana/generate.py
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as styles
from grafana_foundation_sdk.models import dashboard as model
from queries import ROWS, Query, Words

TARGET = Path(__file__).parent / "dashboards" / "plant.json"
COLUMNS = 24
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")


def rendered() -> str:
    """Return the dashboard as JSON text, the same for the same questions."""
    board = (
        dashboard.Dashboard("Plant")
        .uid("pdm-plant")
        .description("Alarms, worst machines, readings, latency and the health of the service.")
        .tags(["pdm"])
        .timezone("browser")
        .refresh("10s")
        .time("now-1h", "now")
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    for part in _parts():
        board = board.with_row(part) if isinstance(part, dashboard.Row) else board.with_panel(part)
    return JSONEncoder(sort_keys=True, indent=2).encode(board.build()) + "\n"


def _parts() -> Iterator[Any]:
    """Yield rows and panels with their places, left to right and top to bottom."""
    top = number = 0
    for title, panels in ROWS.items():
        number += 1
        yield dashboard.Row(title).id(number).grid_pos(model.GridPos(h=1, w=COLUMNS, x=0, y=top))
        top, left, tallest = top + 1, 0, 0
        for words in panels:
            if left + words.width > COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            number += 1
            place = model.GridPos(h=words.height, w=words.width, x=left, y=top)
            yield _panel(words).id(number).grid_pos(place)
            left, tallest = left + words.width, max(tallest, words.height)
        top += tallest


def _panel(words: Words) -> Any:
    """Build one panel; the kinds differ in how they draw, not in what they say."""
    panel = (
        KINDS[words.kind]()
        .title(words.title)
        .description(words.description)
        .datasource(SOURCE)
        .unit(words.unit)
        .min(0)
        .no_value("not known: is Prometheus reached, and the process up?")
        .thresholds(_thresholds(words))
    )
    for letter, query in zip("ABCDEFGH", words.queries, strict=False):
        panel = panel.with_target(_target(query, letter, words.kind))
    return panel


def _target(query: Query, letter: str, kind: str) -> Any:
    asked = (
        prometheus.Dataquery().ref_id(letter).datasource(SOURCE).expr(query.expr).legend_format(query.legend)
    )
    if kind == "table":
        return asked.instant().format("table")
    return asked.instant() if kind == "stat" else asked.range()


def _thresholds(words: Words) -> Any:
    steps = [model.Threshold(color="green", value=None)]
    steps += [model.Threshold(color=colour, value=value) for value, colour in words.thresholds]
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps)


def _stat() -> Any:
    """Large figures, readable from three metres."""
    return (
        stat.Panel()
        .color_mode(styles.BigValueColorMode.BACKGROUND)
        .graph_mode(styles.BigValueGraphMode.NONE)
        .text_mode(styles.BigValueTextMode.AUTO)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _table() -> Any:
    """A table of machines, without the columns that only Prometheus needs."""
    organize = model.DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": {"Time": True},
            "indexByName": {"asset": 0, "severity": 1, "Value": 2},
            "renameByName": {"asset": "Machine", "severity": "Severity", "Value": "Score"},
        },
    )
    return table.Panel().with_transformation(organize).decimals(2)


def _lines() -> Any:
    return (
        timeseries.Panel()
        .line_width(2)
        .fill_opacity(10)
        .show_points(styles.VisibilityMode.NEVER)
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(styles.GraphThresholdsStyleMode.DASHED))
        .legend(_legend())
        .tooltip(_tooltip())
    )


def _bars() -> Any:
    return (
        timeseries.Panel()
        .draw_style(styles.GraphDrawStyle.BARS)
        .fill_opacity(60)
        .stacking(common.StackingConfig().mode(styles.StackingMode.NORMAL))
        .legend(_legend())
        .tooltip(_tooltip())
    )


def _legend() -> Any:
    return (
        common.VizLegendOptions()
        .display_mode(styles.LegendDisplayMode.LIST)
        .placement(styles.LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([])
    )


def _tooltip() -> Any:
    return common.VizTooltipOptions().mode(styles.TooltipDisplayMode.MULTI).sort(styles.SortOrder.DESCENDING)


KINDS: dict[str, Callable[[], Any]] = {"stat": _stat, "table": _table, "lines": _lines, "bars": _bars}

if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(rendered(), "utf-8")
