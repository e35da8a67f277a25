"""A Parquet file as requests: one reading a row, or one column a channel as a layout says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pdm.instant import NS, nanoseconds, rfc3339
from pdm.replay.layout import Layout, LayoutError
from pdm.replay.recording import Request

LONG = ("asset", "channel", "quantity", "unit", "time", "value")
"""Columns of a file with one reading a row; `quality` may be there as well."""
ROWS = 5_000


def requests(path: Path, asset: str, layout: Layout | None) -> Iterator[Request]:
    """Read a file, some rows at a time; without a layout it has the columns of an export.

    asset : of a file with a layout, which names none
    raises LayoutError where columns are missing or cannot be read
    """
    try:
        with pq.ParquetFile(path) as file:
            wanted = [layout.time, *layout.columns] if layout else list(LONG)
            missing = sorted(set(wanted) - set(file.schema_arrow.names))
            if missing:
                raise LayoutError(f"{path}: no column {', '.join(missing)}; see docs/integrators.md")
            quality = ["quality"] if not layout and "quality" in file.schema_arrow.names else []
            for batch in file.iter_batches(ROWS, columns=[*wanted, *quality], use_threads=False):
                yield _request(batch, asset, layout)
    except (OSError, pa.ArrowException, ValueError, TypeError) as wrong:
        raise LayoutError(f"{path}: {wrong}") from None


def _request(batch: pa.RecordBatch, asset: str, layout: Layout | None) -> Request:
    times = _times(batch.column(layout.time if layout else "time"), layout)
    readings = _wide(batch, asset, times, layout) if layout else _long(batch, times)
    return Request(msgspec.json.encode(readings), len(readings), max(times, default=0))


def _long(batch: pa.RecordBatch, times: list[int]) -> list[dict[str, Any]]:
    names = [name for name in batch.schema.names if name != "time"]
    columns = [batch.column(name).to_pylist() for name in names]
    return [
        {"time": rfc3339(time), **dict(zip(names, row, strict=True))}
        for time, row in zip(times, zip(*columns, strict=True), strict=True)
    ]


def _wide(batch: pa.RecordBatch, asset: str, times: list[int], layout: Layout) -> list[dict[str, Any]]:
    texts = [rfc3339(time) for time in times]
    return [
        {
            "asset": asset,
            "channel": column.channel,
            "quantity": column.quantity,
            "time": text,
            "value": value,
            "unit": column.unit,
        }
        for name, column in layout.columns.items()
        for text, value in zip(texts, batch.column(name).to_pylist(), strict=True)
        if value is not None and value == value  # noqa: PLR0124 - NaN is a missing value here
    ]


def _times(column: pa.Array, layout: Layout | None) -> list[int]:
    """Read times in ns: timestamps, texts, or numbers as the layout says."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.tz is None and layout is not None:
            local = column.cast(pa.timestamp("us")).to_pylist()
            return [round(t.replace(tzinfo=layout.zone()).timestamp() * 1e6) * 1_000 for t in local]
        found: list[int] = column.cast(pa.timestamp("ns", kind.tz)).cast(pa.int64()).to_pylist()
        return found
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return [nanoseconds(text) for text in column.to_pylist()]
    scale = {"s": NS, "ms": 1_000_000, "us": 1_000, "ns": 1}.get(layout.time_format if layout else "")
    if scale is None:
        raise ValueError("times that are numbers need a layout with time_format")
    return [round(number * scale) for number in column.to_pylist()]
